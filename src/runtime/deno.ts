import { cstring, environment } from "../../ffi/libc.ts";
import { platform } from "../../ffi/platform.ts";
import { setWindowsVariable } from "./environment_windows.ts";
import { initialEnvironment } from "./process_files.ts";
import type { Runtime } from "./types.ts";

export const deno: Runtime = {
  name: "deno",

  get platform() {
    return Deno.build.os === "windows" || Deno.build.os === "darwin" ? Deno.build.os : "linux";
  },

  get architecture() {
    return Deno.build.arch === "aarch64" ? "arm64" : "x86-64";
  },

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

  exit() {
    Deno.exit(0);
  },

  // Straight to the C library: Deno.Command passes on its environment, and this needs no --allow-env.
  setVariable(name, value) {
    if (platform === "windows") setWindowsVariable(name, value);
    else if (value === undefined) environment().unsetenv(cstring(name));
    else environment().setenv(cstring(name), cstring(value), 1);
  },

  scriptFromStdin(executable, flags) {
    return [executable, "run", "--quiet", "--no-prompt", "--no-lock", "--ext=js", ...flags, "-"];
  },

  scriptEnvironment: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
};
