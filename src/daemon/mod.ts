/**
 * Daemons and their pid files: a program that leaves the terminal and goes on, one of a kind, whose starter knows
 * whether it came up. Locks are the kernel's, so a file that a dead daemon left behind never lies.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { daemonStatus, lockPidFile } from "@procref/procref/daemon";
 *
 * const pidFile = `/tmp/docs-daemon-${Deno.pid}.pid`;
 * using _lock = lockPidFile(pidFile);
 * console.log((await daemonStatus(pidFile)).pid === Deno.pid); // true
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
export { LockedError } from "./errors.ts";
export { lockPidFile, type PidFileLock } from "./pid_file/lock.ts";
export { isPidFileAlive, readPidFile, removePidFile, writePidFile } from "./pid_file/pid_file.ts";
export { type DaemonStatus, daemonStatus } from "./status.ts";
export { stopDaemon } from "./stop.ts";
export type { ProcessIdentity } from "../process/identity.ts";
export type { StopOptions } from "../process/process.ts";
