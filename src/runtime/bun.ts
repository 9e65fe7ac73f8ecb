import { bunGlobals } from "./bun_globals.ts";
import type { Runtime } from "./types.ts";

export const bun: Runtime = {
  name: "bun",

  get platform() {
    const { platform } = bunGlobals().process;
    return platform === "win32" ? "windows" : platform === "darwin" ? "darwin" : "linux";
  },

  // The entry point of a compiled program lies in Bun's virtual file system.
  get standalone() {
    return /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(bunGlobals().Bun.main);
  },

  environment() {
    return Object.fromEntries(
      Object.entries(bunGlobals().process.env).filter((entry): entry is [string, string] =>
        entry[1] !== undefined
      ),
    );
  },

  unref(timer) {
    if (typeof timer === "object") timer.unref();
  },

  setVariable(name, value) {
    if (value === undefined) delete bunGlobals().process.env[name];
    else bunGlobals().process.env[name] = value;
  },

  scriptFromStdin(executable) {
    return [executable, "run", "-"];
  },

  // A compiled program is a Bun as well, and this makes it one.
  scriptEnvironment: { BUN_BE_BUN: "1", NO_COLOR: "1" },
};
