import { checkName } from "../name.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { WaitOptions } from "../wait.ts";
import { acquire, acquireSync, type Got, tryAcquire } from "./lock/acquire.ts";
import { Hold, type MutexGuard } from "./lock/hold.ts";
import { openLock } from "./lock/layout.ts";
import { holderOf, isHeld } from "./lock/look.ts";
import type { LockWord } from "./lock/word.ts";
import type { OpenOptions, SharedObject } from "./shared_object.ts";
import { syncSystem } from "./system.ts";

/** How a wait that blocks its thread may end early. */
export interface SyncWaitOptions {
  /**
   * Milliseconds until the wait throws a `TimeoutError`; `Infinity` means no limit.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/**
 * A lock that processes share by name. One guard holds it, not one process: two tasks of one process exclude each
 * other, through one `Mutex` object or two. When the thread of the holder ends, whatever ends it, the next one has
 * the lock within 10 ms, with `abandoned` set on its guard.
 *
 * Taking and freeing it makes no system call while nobody else wants it; who waits sleeps in the kernel (futex(2)).
 * The fastest of the waiters gets it, except that who has waited for 4 ms is handed it, the earliest first.
 *
 * @example
 * ```ts
 * import { Mutex } from "@procref/procref/sync";
 *
 * const mutex = Mutex.open("docs-mutex");
 * {
 *   using guard = await mutex.lock({ timeout: 1000 });
 *   if (guard.abandoned) console.log("its last holder died inside: check the data");
 * }
 * mutex.close();
 * Mutex.unlink("docs-mutex");
 * ```
 */
export class Mutex implements Disposable {
  readonly #object: SharedObject;
  readonly #lock: LockWord;

  private constructor(lock: LockWord) {
    this.#object = lock.object;
    this.#lock = lock;
  }

  /**
   * Opens the mutex of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL.
   * @throws {RangeError} The name is empty or too long.
   * @throws {ProcrefError} `"not_found"`, `"exists"`: not as `create` demands; `"corrupt"`: garbage;
   * `"mismatch"`: made by another version, or in another pid namespace.
   * @throws {PermissionError} Another user made it.
   */
  static open(name: string, options: OpenOptions = {}): Mutex {
    return new Mutex(openLock("mutex", name, options));
  }

  /**
   * Removes the name. Who has the mutex open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("mutex", checkName(name, "mutex"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /**
   * True while somebody holds it: by the time it is read it may be otherwise.
   *
   * @throws {ProcrefError} `"closed"`.
   */
  get locked(): boolean {
    return isHeld(this.#lock);
  }

  /**
   * The process that holds it; undefined when it is free, or its holder has ended.
   *
   * @throws {ProcrefError} `"closed"`.
   */
  get holder(): ProcessIdentity | undefined {
    return holderOf(this.#lock);
  }

  /**
   * Takes the lock if it is free, or if its holder has ended.
   *
   * @returns Undefined: somebody holds it, maybe this very object.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`: there is garbage in its place.
   */
  tryLock(): MutexGuard | undefined {
    this.#object.assertOpen();
    const got = tryAcquire(this.#lock);
    return got === undefined ? undefined : this.#guard(got);
  }

  /**
   * Waits for the lock; the event loop goes on meanwhile.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} It was not free in time; the message names who holds it.
   * @throws {ProcrefError} `"closed"`, also when it is closed during the wait; `"corrupt"`.
   */
  async lock(options: WaitOptions = {}): Promise<MutexGuard> {
    this.#object.assertOpen();
    this.#object.retain();
    try {
      return this.#guard(await acquire(this.#lock, options));
    } finally {
      this.#object.release();
    }
  }

  /**
   * Waits for the lock and blocks this thread, timers and all: for threads that have nothing else to do.
   *
   * @param options Timeout.
   * @throws {DeadlockError} A guard of this thread holds it: it could never be released.
   * @throws {TimeoutError} It was not free in time.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`.
   */
  lockSync(options: SyncWaitOptions = {}): MutexGuard {
    this.#object.assertOpen();
    return this.#guard(acquireSync(this.#lock, options.timeout));
  }

  /**
   * Runs a function while holding the lock.
   *
   * @param body Gets the guard.
   * @param options Timeout and AbortSignal of the wait.
   * @returns What the function returns.
   */
  async synchronize<T>(
    body: (guard: MutexGuard) => T | Promise<T>,
    options: WaitOptions = {},
  ): Promise<T> {
    using guard = await this.lock(options);
    return await body(guard);
  }

  /** Ends the use of this object: who waits through it is rejected, guards hold on. Closing again is a no-op. */
  close(): void {
    this.#object.close();
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #guard(got: Got): MutexGuard {
    return new Hold(this.#lock, got);
  }
}
