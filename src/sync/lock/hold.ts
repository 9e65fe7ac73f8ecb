import { ProcrefError } from "../../errors.ts";
import type { SharedObject } from "../shared_object.ts";
import { acquire, acquireSync, type Got } from "./acquire.ts";
import type { LockWord } from "./word.ts";

/** What a lock is held by. Leaving its scope, or `release()`, frees the lock. */
export interface MutexGuard extends Disposable {
  /** Frees the lock. Releasing again is a no-op. */
  release(): void;
  /** True: the previous holder died while it held the lock, so what the lock protects may be half-written. */
  readonly abandoned: boolean;
}

/** One possession of a lock, which guards share: it ends with the last of them. */
export class Hold {
  readonly #object: SharedObject;
  readonly #lock: LockWord;
  readonly #ended: (() => void) | undefined;
  #guards = 0;
  #suspended = false;
  abandoned: boolean;

  constructor(object: SharedObject, lock: LockWord, got: Got, ended?: () => void) {
    this.#object = object;
    this.#lock = lock;
    this.#ended = ended;
    this.abandoned = got === "abandoned";
    object.retain();
  }

  /** The object that is held. */
  get object(): SharedObject {
    return this.#object;
  }

  /** True during a wait on a condition variable. */
  get suspended(): boolean {
    return this.#suspended;
  }

  guard(): MutexGuard {
    this.#guards++;
    return new Guard(this);
  }

  leave(): void {
    if (--this.#guards > 0 || this.#suspended) return;
    this.#end();
  }

  #end(): void {
    this.#ended?.();
    try {
      this.#lock.free();
    } finally {
      this.#object.release();
    }
  }

  /** @throws {ProcrefError} `"not_held"`: it is suspended. */
  assertActive(): void {
    if (!this.#suspended) return;
    throw new ProcrefError("not_held", `This guard of the ${this.#object.subject} waits already`);
  }

  /** Frees the lock for the time of a wait on a condition variable. */
  suspend(): void {
    this.#suspended = true;
    this.#lock.free();
  }

  /** Takes the lock back, however long that takes, whatever else is closed or aborted. */
  async resume(): Promise<void> {
    this.#resumed(await acquire(this.#object, this.#lock, {}, new AbortController().signal));
  }

  resumeSync(): void {
    this.#resumed(acquireSync(this.#object, this.#lock));
  }

  #resumed(got: Got): void {
    this.#suspended = false;
    this.abandoned ||= got === "abandoned";
    // Its guards were released during the wait.
    if (this.#guards === 0) this.#end();
  }
}

class Guard implements MutexGuard {
  readonly #hold: Hold;
  #released = false;

  constructor(hold: Hold) {
    this.#hold = hold;
  }

  get abandoned(): boolean {
    return this.#hold.abandoned;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#hold.leave();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** The possession behind a guard that still holds. */
  static holdOf(guard: MutexGuard): Hold {
    if (!(guard instanceof Guard)) {
      throw new TypeError("A condition variable waits with a guard of a Mutex or Monitor");
    }
    if (guard.#released) throw new ProcrefError("not_held", "This guard was released already");
    return guard.#hold;
  }
}

/** The possession behind a guard. @throws {TypeError} @throws {ProcrefError} `"not_held"` */
export const holdOf: (guard: MutexGuard) => Hold = Guard.holdOf;
