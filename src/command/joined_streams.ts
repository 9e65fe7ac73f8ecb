// Both output streams through one pipe, so that the order of what is written stays: neither runtime connects them, so
// a one-line `sh` does, which then becomes the program by `exec` (dup2(2)). On Windows procref starts the program
// itself, and gives it the same pipe twice.

import type { JoinableOptions, SpawnOptions } from "../child/options.ts";
import { childSystem } from "../child/system.ts";
import { runtime } from "../runtime/mod.ts";

/** Who connects the streams. */
const JOINER = "/bin/sh";

/**
 * What is started, and how, with all that is wrong with the program told before.
 *
 * @throws {ProcrefError} `not_found`, `permission_denied`, as where the program itself is started.
 */
export function joinedStreams(
  program: string,
  options: SpawnOptions,
): { readonly program: string; readonly options: JoinableOptions } {
  if (runtime.platform === "windows") return { program, options: { ...options, joined: true } };
  const system = childSystem();
  const cwd = options.cwd === undefined ? undefined : system.checkDirectory(options.cwd);
  const path = system.findProgram(program, options, cwd);
  system.checkProgram(path);
  const args = ["-c", 'exec "$@" 2>&1', "procref-launcher", path, ...options.args ?? []];
  return { program: JOINER, options: { ...options, args, stderr: "null" } };
}
