import { architecture, platform, variableOfBun } from "../../ffi/platform.ts";
import type { BunGlobals } from "./bun_globals.ts";
import type { Runtime } from "./types.ts";

const globals = globalThis as unknown as BunGlobals;

/** The Bun side, and what only Bun needs to be told. */
export const bun: Runtime & { forgetVariable(name: string): void } = {
  name: "bun",

  platform,
  architecture,

  get pid() {
    return globals.process.pid;
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

  variable: variableOfBun,

  exit() {
    globals.process.exit(0);
  },

  setVariable(name, value) {
    inheritPresentEnvironment(value !== undefined);
    if (value === undefined) delete globals.process.env[name];
    else globals.process.env[name] = value;
  },

  // For good: from now on children get the present environment.
  forgetVariable(name) {
    forgotten = true;
    inheritPresentEnvironment(true);
    delete globals.process.env[name];
  },

  scriptFromStdin(executable) {
    return [executable, "run", "-"];
  },

  // A compiled program is a Bun as well, and this makes it one.
  scriptEnvironment: { BUN_BE_BUN: "1", NO_COLOR: "1" },
};

type Spawn = BunGlobals["Bun"]["spawn"];

let forgotten = false;
let originals: Pick<BunGlobals["Bun"], "spawn" | "spawnSync"> | undefined;

/**
 * Bun.spawn without an `env` option passes on the environment of the process's start, not what has been set since
 * (oven-sh/bun#34972). While a variable is set for children, this makes it pass on the present one.
 */
function inheritPresentEnvironment(present: boolean): void {
  const { Bun } = globals;
  if (present && originals === undefined) {
    originals = { spawn: Bun.spawn, spawnSync: Bun.spawnSync };
    Bun.spawn = live(Bun.spawn);
    Bun.spawnSync = live(Bun.spawnSync);
  } else if (!present && !forgotten && originals !== undefined) {
    Object.assign(Bun, originals);
    originals = undefined;
  }
}

function live(spawn: Spawn): Spawn {
  const { env } = globals.process;
  // Either a command and options, or one object with both.
  return (first, options) =>
    isCommand(first)
      ? spawn(first, { ...options, env: options?.env ?? env })
      : spawn({ ...first, env: first.env ?? env });
}

function isCommand(first: Parameters<Spawn>[0]): first is readonly string[] {
  return Array.isArray(first);
}
