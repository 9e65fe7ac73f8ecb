import { ProcrefError } from "../../../ffi/errors.ts";
import { checkName } from "../../name.ts";
import type { WaitOptions } from "../../wait.ts";
import type { SyncWaitOptions } from "../mutex.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { syncSystem } from "../system.ts";
import { BinaryWord } from "./binary_word.ts";
import { waitForUnit, waitForUnitSync } from "./wait.ts";

/** How a binary semaphore is opened. */
export interface BinarySemaphoreOptions extends OpenOptions {
  /**
   * Its value if it is made now. One that exists keeps its value.
   *
   * @default {1}
   */
  readonly initial?: 0 | 1;
}

/**
 * A semaphore that is 0 or 1: a post to one that is 1 is an error, however many race.
 *
 * @example
 * ```ts
 * import { BinarySemaphore } from "@procref/procref/sync";
 *
 * const done = BinarySemaphore.open("docs-done", { initial: 0 });
 * setTimeout(() => done.post(), 10);
 * await done.wait();
 * done.close();
 * BinarySemaphore.unlink("docs-done");
 * ```
 */
export class BinarySemaphore implements Disposable {
  readonly #object: SharedObject;
  readonly #word: BinaryWord;

  private constructor(object: SharedObject) {
    this.#object = object;
    this.#word = new BinaryWord(object);
  }

  /**
   * Opens the semaphore of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Its first value, and whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL.
   * @throws {RangeError} The name is empty or too long; `initial` is neither 0 nor 1.
   * @throws {ProcrefError} `"not_found"`, `"exists"`, `"corrupt"` or `"mismatch"`, as for a `Mutex`.
   * @throws {PermissionError} Another user made it.
   */
  static open(name: string, options: BinarySemaphoreOptions = {}): BinarySemaphore {
    const { initial = 1 } = options;
    if (initial !== 0 && initial !== 1) throw new RangeError(`initial is 0 or 1: ${initial}`);
    const fill = (payload: ArrayBuffer) => new Int32Array(payload, 0, 1).fill(initial);
    const shape = { byteLength: 64, scoped: true, fill };
    return new BinarySemaphore(SharedObject.open("binary semaphore", name, shape, options));
  }

  /**
   * Removes the name. Who has the semaphore open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("binary semaphore", checkName(name, "binary semaphore"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /** 0 or 1: by the time it is read it may be otherwise. @throws {ProcrefError} `"closed"`. */
  get value(): number {
    this.#object.assertOpen();
    return this.#word.value;
  }

  /**
   * Makes it 1 and wakes who waits.
   *
   * @throws {ProcrefError} `"overflow"`: it is 1 already; `"closed"`; `"corrupt"`: there is garbage in its place.
   */
  post(): void {
    this.#object.assertOpen();
    if (this.#word.post()) return;
    throw new ProcrefError("overflow", `The ${this.#object.subject} is 1 already`);
  }

  /** Makes it 0 if it is 1. @throws {ProcrefError} `"closed"`. */
  tryWait(): boolean {
    this.#object.assertOpen();
    return this.#word.take();
  }

  /**
   * Waits until it is 1 and makes it 0; the event loop goes on meanwhile.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} It was 0 all the time.
   * @throws {ProcrefError} `"closed"`, also when it is closed during the wait; `"corrupt"`.
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    await waitForUnit(this.#word, options);
  }

  /**
   * Waits until it is 1 and makes it 0, and blocks this thread.
   *
   * @param options Timeout.
   * @throws {TimeoutError} It was 0 all the time.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`.
   */
  waitSync(options: SyncWaitOptions = {}): void {
    waitForUnitSync(this.#word, options.timeout);
  }

  /** Ends the use of this object: who waits through it is rejected. Closing again is a no-op. */
  close(): void {
    this.#object.close();
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
