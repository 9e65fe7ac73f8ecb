import { checkName } from "../../name.ts";
import type { WaitOptions } from "../../wait.ts";
import type { SyncWaitOptions } from "../mutex.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { syncSystem } from "../system.ts";
import { CountingWord, LARGEST_COUNT } from "./counting_word.ts";
import { waitForUnit, waitForUnitSync } from "./wait.ts";

/** How a semaphore is opened. */
export interface SemaphoreOptions extends OpenOptions {
  /**
   * Its value if it is made now: 0 to 2^30. One that exists keeps its value.
   *
   * @default {1}
   */
  readonly initial?: number;
}

/**
 * A count of units that processes share by name: `post` adds, `wait` takes one or waits for one. Units belong to
 * nobody: what a process took and did not post before it died is gone (use a `Mutex` where that must not be).
 *
 * @example
 * ```ts
 * import { Semaphore } from "@procref/procref/sync";
 *
 * const slots = Semaphore.open("docs-slots", { initial: 3 });
 * await slots.wait();
 * console.log(slots.value); // 2
 * slots.post();
 * slots.close();
 * Semaphore.unlink("docs-slots");
 * ```
 */
export class Semaphore implements Disposable {
  readonly #object: SharedObject;
  readonly #word: CountingWord;

  private constructor(object: SharedObject) {
    this.#object = object;
    this.#word = new CountingWord(object);
  }

  /**
   * Opens the semaphore of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Its first value, and whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL; `initial` is no number.
   * @throws {RangeError} The name is empty or too long; `initial` is not an integer from 0 to 2^30.
   * @throws {ProcrefError} `"not_found"`, `"exists"`, `"corrupt"` or `"mismatch"`, as for a `Mutex`.
   * @throws {PermissionError} Another user made it.
   */
  static open(name: string, options: SemaphoreOptions = {}): Semaphore {
    const { initial = 1 } = options;
    checkCount(initial, "initial", 0);
    const fill = (payload: ArrayBuffer) => new Int32Array(payload, 0, 1).fill(initial);
    const shape = { byteLength: 64, scoped: false, fill };
    return new Semaphore(SharedObject.open("semaphore", name, shape, options));
  }

  /**
   * Removes the name. Who has the semaphore open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("semaphore", checkName(name, "semaphore"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /** The units there are: by the time it is read it may be otherwise. @throws {ProcrefError} `"closed"`. */
  get value(): number {
    this.#object.assertOpen();
    return this.#word.value;
  }

  /**
   * Adds units and wakes who waits for them. (To waiters more than 2047 at once come in several steps.)
   *
   * @param units How many, 1 by default.
   * @throws {TypeError} It is no number.
   * @throws {RangeError} It is no positive integer, or the value would exceed 2^30.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`: there is garbage in its place.
   */
  post(units = 1): void {
    this.#object.assertOpen();
    this.#word.post(checkCount(units, "units", 1));
  }

  /** Takes a unit if there is one. @throws {ProcrefError} `"closed"`; `"corrupt"`. */
  tryWait(): boolean {
    this.#object.assertOpen();
    return this.#word.take();
  }

  /**
   * Waits for a unit and takes it; the event loop goes on meanwhile.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} There was none in time.
   * @throws {ProcrefError} `"closed"`, also when it is closed during the wait; `"corrupt"`.
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    await waitForUnit(this.#word, options);
  }

  /**
   * Waits for a unit and takes it, and blocks this thread.
   *
   * @param options Timeout.
   * @throws {TimeoutError} There was none in time.
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

function checkCount(value: number, name: string, least: number): number {
  if (typeof value !== "number") throw new TypeError(`${name} is a number: ${String(value)}`);
  if (!Number.isInteger(value) || value < least || value > LARGEST_COUNT) {
    throw new RangeError(`${name} is an integer from ${least} to ${LARGEST_COUNT}: ${value}`);
  }
  return value;
}
