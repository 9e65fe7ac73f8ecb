// Bun.spawn without an `env` option passes on the environment of the process's start, not what has been set since
// (oven-sh/bun#34972). While a variable is set for children, this makes it pass on the present one.

import type { BunGlobals } from "./bun_globals.ts";

type Spawn = BunGlobals["Bun"]["spawn"];

let originals: Pick<BunGlobals["Bun"], "spawn" | "spawnSync"> | undefined;

/** Makes Bun.spawn and Bun.spawnSync pass on the present environment, or puts them back as they were. */
export function inheritPresentEnvironment({ Bun, process }: BunGlobals, present: boolean): void {
  if (present && originals === undefined) {
    originals = { spawn: Bun.spawn, spawnSync: Bun.spawnSync };
    Bun.spawn = live(Bun.spawn, process);
    Bun.spawnSync = live(Bun.spawnSync, process);
  } else if (!present && originals !== undefined) {
    Object.assign(Bun, originals);
    originals = undefined;
  }
}

function live(spawn: Spawn, { env }: BunGlobals["process"]): Spawn {
  // Either a command and options, or one object with both.
  return (first, options) =>
    isCommand(first)
      ? spawn(first, { ...options, env: options?.env ?? env })
      : spawn({ ...first, env: first.env ?? env });
}

function isCommand(first: Parameters<Spawn>[0]): first is readonly string[] {
  return Array.isArray(first);
}
