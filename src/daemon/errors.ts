import { ProcrefError } from "../../ffi/errors.ts";
import { quote } from "../name.ts";

/** A pid file is locked: its daemon is running, or just being started. */
export class LockedError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "LockedError";
  /** The daemon's pid; undefined where the holder of the lock has not written it, or another process's is there. */
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
    const who = pid === undefined ? "a process that has not written its pid" : `pid ${pid}`;
    super("locked", `A daemon is running already: ${who} holds the pid file ${quote(path)}`);
    this.path = path;
    this.pid = pid;
  }
}
