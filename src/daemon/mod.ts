/**
 * Daemons and their pid files: a program that leaves the terminal and goes on, one of a kind, whose starter knows
 * whether it came up. Locks are the kernel's, so a file that a dead daemon left behind never lies.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { daemonStatus, spawnDaemon, stopDaemon } from "@procref/procref/daemon";
 *
 * const pidFile = `/tmp/docs-daemon-${Deno.pid}.pid`;
 * const { pid } = await spawnDaemon("sleep", { args: ["60"], pidFile });
 * console.log((await daemonStatus(pidFile)).pid === pid); // true
 * console.log(await stopDaemon(pidFile)); // "terminated"
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
export { currentDaemon, daemonize } from "./daemonize.ts";
export { LockedError } from "./errors.ts";
export { lockPidFile, type PidFileLock } from "./pid_file/lock.ts";
export { isPidFileAlive, readPidFile, removePidFile, writePidFile } from "./pid_file/pid_file.ts";
export { type DaemonStatus, daemonStatus } from "./status.ts";
export { stopDaemon } from "./stop.ts";
export { spawnDaemon } from "./spawn_daemon.ts";
export type {
  Daemon,
  DaemonizeOptions,
  DaemonizeSelfOptions,
  SpawnDaemonOptions,
} from "./types.ts";
export type { ProgramInfo, Readiness } from "../ready/types.ts";
export type { ProcessIdentity } from "../process/identity.ts";
export type { StopOptions } from "../process/process.ts";
