import { checkName } from "../name.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { limit, unlessAborted, type WaitOptions } from "../wait.ts";
import { acquire, acquireSync, type Got, tryAcquire } from "./lock/acquire.ts";
import { Hold, type MutexGuard, NestedGuard } from "./lock/hold.ts";
import { openLock } from "./lock/layout.ts";
import { describe, holderOf, isHeld } from "./lock/look.ts";
import type { LockWord } from "./lock/word.ts";
import type { SyncWaitOptions } from "./mutex.ts";
import type { OpenOptions, SharedObject } from "./shared_object.ts";
import { syncSystem } from "./system.ts";

/**
 * A lock that its holder may enter again. The holder is the `Monitor` object: calls on one object nest, and the
 * lock is free when all their guards are released; two objects exclude each other, in one process or two.
 * In all else it is a `Mutex`. Mutexes and monitors of one name are different locks.
 *
 * @example
 * ```ts
 * import { Monitor } from "@procref/procref/sync";
 *
 * const monitor = Monitor.open("docs-monitor");
 * await monitor.synchronize(async () => {
 *   await monitor.synchronize(() => console.log("inside twice"));
 * });
 * monitor.close();
 * Monitor.unlink("docs-monitor");
 * ```
 */
export class Monitor implements Disposable {
  readonly #object: SharedObject;
  readonly #lock: LockWord;
  // What it holds, with the number of guards. At most one is not suspended.
  readonly #holds = new Map<Hold, number>();
  #entering: Promise<void> | undefined;

  private constructor(lock: LockWord) {
    this.#object = lock.object;
    this.#lock = lock;
  }

  /**
   * Opens the monitor of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL.
   * @throws {RangeError} The name is empty or too long.
   * @throws {ProcrefError} `"not_found"`, `"exists"`, `"corrupt"` or `"mismatch"`, as for a `Mutex`.
   * @throws {PermissionError} Another user made it.
   */
  static open(name: string, options: OpenOptions = {}): Monitor {
    return new Monitor(openLock("monitor", name, options));
  }

  /**
   * Removes the name. Who has the monitor open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("monitor", checkName(name, "monitor"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /** True while somebody is inside. @throws {ProcrefError} `"closed"`. */
  get locked(): boolean {
    return isHeld(this.#lock);
  }

  /** The process that is inside; undefined when none is. @throws {ProcrefError} `"closed"`. */
  get holder(): ProcessIdentity | undefined {
    return holderOf(this.#lock);
  }

  /**
   * Enters if nobody else is inside.
   *
   * @returns Undefined: somebody is.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`: there is garbage in its place.
   */
  tryLock(): MutexGuard | undefined {
    this.#object.assertOpen();
    const inside = this.#inside();
    if (inside !== undefined) return this.#nested(inside);
    const got = tryAcquire(this.#lock);
    return got === undefined ? undefined : this.#enter(got);
  }

  /**
   * Waits until it can enter; at once if this object is inside.
   *
   * @param options Timeout and AbortSignal.
   * @throws {TimeoutError} Somebody else was inside all the time; the message names the process.
   * @throws {ProcrefError} `"closed"`, also when it is closed during the wait; `"corrupt"`.
   */
  async lock(options: WaitOptions = {}): Promise<MutexGuard> {
    this.#object.assertOpen();
    using patience = limit(options, () => describe(this.#lock));
    this.#object.retain();
    try {
      for (;;) {
        patience.signal.throwIfAborted();
        const inside = this.#inside();
        if (inside !== undefined) return this.#nested(inside);
        // Two tasks of this object that want in do not compete: when one has got in, so has the other.
        if (this.#entering === undefined) return await this.#compete(options);
        await unlessAborted(this.#entering, patience.signal);
      }
    } finally {
      this.#object.release();
    }
  }

  async #compete(options: WaitOptions): Promise<MutexGuard> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#entering = promise;
    try {
      return this.#enter(await acquire(this.#lock, options));
    } finally {
      this.#entering = undefined;
      resolve();
    }
  }

  /**
   * Waits until it can enter, and blocks this thread.
   *
   * @param options Timeout.
   * @throws {DeadlockError} Another object of this thread is inside.
   * @throws {TimeoutError} Somebody else was inside all the time.
   * @throws {ProcrefError} `"closed"`; `"corrupt"`.
   */
  lockSync(options: SyncWaitOptions = {}): MutexGuard {
    this.#object.assertOpen();
    const inside = this.#inside();
    if (inside !== undefined) return this.#nested(inside);
    return this.#enter(acquireSync(this.#lock, options.timeout));
  }

  /**
   * Runs a function inside. The function may call this object's `synchronize` again.
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

  /** What it holds, unless its holder waits on a condition variable: others may be inside then. */
  #inside(): Hold | undefined {
    for (const hold of this.#holds.keys()) if (!hold.suspended) return hold;
    return undefined;
  }

  #enter(got: Got): MutexGuard {
    return this.#nested(new Hold(this.#lock, got));
  }

  #nested(hold: Hold): MutexGuard {
    this.#holds.set(hold, (this.#holds.get(hold) ?? 0) + 1);
    return new NestedGuard(hold, () => {
      const left = (this.#holds.get(hold) ?? 0) - 1;
      if (left > 0) {
        this.#holds.set(hold, left);
      } else {
        this.#holds.delete(hold);
        hold.release();
      }
    });
  }
}
