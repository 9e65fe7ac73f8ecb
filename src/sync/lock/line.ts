import { unlessAborted } from "../../wait.ts";

/**
 * The waiters of one object in one thread, in the order they came. Only the first competes with other threads:
 * otherwise each of n would be woken n times.
 */
export class Line {
  #last: Promise<void> | undefined;

  /**
   * Waits until everybody who came before has left.
   *
   * @returns Leaves the line. Who doesn't wait any more has left it already.
   * @throws {unknown} The signal's reason.
   */
  async join(signal: AbortSignal): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    const mine = before === undefined ? promise : before.then(() => promise);
    this.#last = mine;
    const leave = () => {
      resolve();
      if (this.#last === mine) this.#last = undefined;
    };
    if (before === undefined) return leave;
    try {
      await unlessAborted(before, signal);
      return leave;
    } catch (error) {
      // Those behind still wait for those before.
      resolve();
      throw error;
    }
  }
}
