import type { BunGlobals } from "./bun_globals.ts";
import { inheritPresentEnvironment } from "./bun_spawn.ts";
import type { Runtime } from "./types.ts";

const globals = globalThis as unknown as BunGlobals;

export const bun: Runtime = {
  name: "bun",

  get platform() {
    const { platform } = globals.process;
    return platform === "win32" ? "windows" : platform === "darwin" ? "darwin" : "linux";
  },

  // The entry point of a compiled program lies in Bun's virtual file system.
  get standalone() {
    return /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(globals.Bun.main);
  },

  environment() {
    return Object.fromEntries(
      Object.entries(globals.process.env).filter((entry): entry is [string, string] =>
        entry[1] !== undefined
      ),
    );
  },

  unref(timer) {
    if (typeof timer === "object") timer.unref();
  },

  setVariable(name, value) {
    inheritPresentEnvironment(globals, value !== undefined);
    if (value === undefined) delete globals.process.env[name];
    else globals.process.env[name] = value;
  },

  scriptFromStdin(executable) {
    return [executable, "run", "-"];
  },

  // A compiled program is a Bun as well, and this makes it one.
  scriptEnvironment: { BUN_BE_BUN: "1", NO_COLOR: "1" },
};
