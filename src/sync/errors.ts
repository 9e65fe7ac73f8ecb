import { ProcrefError } from "../../ffi/errors.ts";

/** Waiting would never end: the thread that waits would have to end the wait itself. Its `code` is `"deadlock"`. */
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
