import { cstring, environment } from "../../ffi/libc.ts";
import { architecture, platform } from "../../ffi/platform.ts";
import { initialEnvironment } from "./process_files.ts";
import type { Runtime } from "./types.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./environment_windows.ts") : undefined;

export const deno: Runtime = {
  name: "deno",

  platform,
  architecture,

  get pid() {
    return Deno.pid;
  },

  get standalone() {
    return Deno.build.standalone;
  },

  // Without --allow-env, what the process was started with is the next best.
  environment() {
    const granted = Deno.permissions.querySync({ name: "env" }).state === "granted";
    return granted ? Deno.env.toObject() : initialEnvironment();
  },

  variable(name) {
    const granted = Deno.permissions.querySync({ name: "env", variable: name }).state === "granted";
    return granted ? Deno.env.get(name) : initialEnvironment()[name];
  },

  exit() {
    Deno.exit(0);
  },

  // Straight to the C library: Deno.Command passes on its environment, and this needs no --allow-env.
  setVariable(name, value) {
    if (windows !== undefined) windows.setWindowsVariable(name, value);
    else if (value === undefined) environment().unsetenv(cstring(name));
    else environment().setenv(cstring(name), cstring(value), 1);
  },

  scriptFromStdin(executable, flags) {
    return [executable, "run", "--quiet", "--no-prompt", "--no-lock", "--ext=js", ...flags, "-"];
  },

  scriptEnvironment: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
};
