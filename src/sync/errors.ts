import { ProcrefError } from "../../ffi/errors.ts";

/**
 * Waiting would never end: the thread that waits would have to end the wait itself. Its `code` is `"deadlock"`.
 *
 * @example
 * ```ts
 * import { DeadlockError, Mutex } from "@procref/procref/sync";
 *
 * const mutex = Mutex.open("docs-deadlock");
 * const guard = mutex.lockSync();
 * try {
 *   mutex.lockSync(); // this thread would wait for itself
 * } catch (error) {
 *   console.log(error instanceof DeadlockError); // true
 * }
 * guard.release();
 * mutex.close();
 * Mutex.unlink("docs-deadlock");
 * ```
 */
export class DeadlockError extends ProcrefError {
  /** Always `"DeadlockError"`. */
  override name = "DeadlockError";

  /**
   * Makes the error of a wait without end.
   *
   * @param message What was waited for, and why it cannot come.
   */
  constructor(message: string) {
    super("deadlock", message);
  }
}
