import { ProcrefError } from "../../ffi/errors.ts";
import { quote } from "../name.ts";

/**
 * A pid file is locked: its daemon is running, or just being started.
 *
 * @example
 * ```ts
 * import { lockPidFile, LockedError, spawnDaemon } from "@procref/procref/daemon";
 *
 * const pidFile = `/tmp/docs-locked-${Deno.pid}.pid`;
 * using _lock = lockPidFile(pidFile);
 * try {
 *   await spawnDaemon("sleep", { args: ["60"], pidFile });
 * } catch (error) {
 *   if (!(error instanceof LockedError)) throw error;
 *   console.log(error.pid === Deno.pid); // true
 * }
 * ```
 */
export class LockedError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "LockedError";
  /**
   * The daemon's pid. Undefined where the file doesn't name who holds the lock: one that is just being started, or a
   * child of a dead daemon that has inherited its descriptor.
   */
  readonly pid: number | undefined;
  /** The pid file. */
  readonly path: string;

  /**
   * Makes the error; callers only catch it.
   *
   * @param path The pid file.
   * @param pid Who holds its lock, where that is known.
   */
  constructor(path: string, pid: number | undefined) {
    const who = pid === undefined ? "a process that it does not name" : `pid ${pid}`;
    super("locked", `A daemon is running already: ${who} holds the pid file ${quote(path)}`);
    this.path = path;
    this.pid = pid;
  }
}
