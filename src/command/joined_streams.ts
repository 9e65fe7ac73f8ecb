// Both output streams through one pipe, so that the order of what is written stays: neither runtime connects them, so
// a one-line `sh` does, which then becomes the program by `exec` (dup2(2)).

import { UnsupportedError } from "../../ffi/errors.ts";
import type { SpawnOptions } from "../child/options.ts";
import { childSystem } from "../child/system.ts";
import { runtime } from "../runtime/mod.ts";

/** Who connects the streams. */
export const JOINER = "/bin/sh";

/**
 * How it is started, with all that is wrong with the program told before.
 *
 * @throws {UnsupportedError} Windows.
 * @throws {ProcrefError} `not_found`, `permission_denied`, as where the program itself is started.
 */
export function joinedStreams(program: string, options: SpawnOptions): SpawnOptions {
  if (runtime.platform === "windows") {
    throw new UnsupportedError('stderr: "stdout"', runtime.platform);
  }
  const system = childSystem();
  const cwd = options.cwd === undefined ? undefined : system.checkDirectory(options.cwd);
  const path = system.findProgram(program, options, cwd);
  system.checkProgram(path);
  const args = ["-c", 'exec "$@" 2>&1', "procref-launcher", path, ...options.args ?? []];
  return { ...options, args, stderr: "null" };
}
