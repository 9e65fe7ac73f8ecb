import { once } from "../once.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { SpawnDaemonOptions } from "./types.ts";

const launching = once(() => import("./launcher/program.ts"));

/**
 * Starts a program as a daemon, and resolves when it is ready: in a session of its own that it doesn't lead, without
 * a terminal, in `workingDirectory`, with `umask`, with `/dev/null` or the log on descriptors 0 to 2, and with the
 * locked pid file as the only other descriptor. It outlives this process.
 *
 * The pid file is locked for as long as the program lives, or a child of it that has inherited the descriptor, as
 * children do, but not on Windows. There it has a hidden console of its own. The log is opened once. In Deno it needs `--allow-ffi`, and for readiness by HTTP `--allow-net`.
 *
 * @param program A name, which is looked for in `PATH`, or a path relative to this process's working directory.
 * @param options Its arguments and environment, the pid file, the log, and when it is ready.
 * @returns The program's identity, verified: it lives, and the pid file names it.
 * @throws {LockedError} A daemon holds the pid file: `pid` tells which.
 * @throws {ProcrefError} `"start_failed"`: it ended before it was ready, or its port was somebody else's; the message
 * has its last words, if there is a log. `"not_found"`, `"permission_denied"`, `"not_a_file"`: the program, the pid
 * file, the log or the working directory is not what it must be.
 * @throws {TimeoutError} Code `"not_ready"`: it was not ready in time, and has been stopped.
 * @throws {UnsupportedError} On Windows: a `umask`, or a batch file.
 * @throws {TypeError} A value of the wrong type; `ready.line` without a log.
 * @throws {RangeError} A number out of range.
 *
 * @example
 * ```ts
 * import { spawnDaemon, stopDaemon } from "@procref/procref/daemon";
 *
 * const pidFile = `/tmp/docs-spawn-${Deno.pid}.pid`;
 * const { pid } = await spawnDaemon("sleep", { args: ["60"], pidFile });
 * console.log(pid > 0, await stopDaemon(pidFile)); // true "terminated"
 * ```
 */
export async function spawnDaemon(
  program: string | URL,
  options: SpawnDaemonOptions = {},
): Promise<ProcessIdentity> {
  const { spawn } = await launching();
  return await spawn(program, options);
}
