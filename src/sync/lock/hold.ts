import { ProcrefError } from "../../../ffi/errors.ts";
import { acquire, acquireSync, type Got } from "./acquire.ts";
import type { LockWord } from "./word.ts";
import { NEVER } from "../../wait.ts";

/** What a lock is held by. Leaving its scope, or `release()`, frees the lock. */
export interface MutexGuard extends Disposable {
  /** Frees the lock. Releasing again is a no-op. */
  release(): void;
  /** True: the previous holder died while it held the lock, so what the lock protects may be half-written. */
  readonly abandoned: boolean;
}

/** One possession of a lock. It keeps the object mapped, over `close()` too. */
export class Hold implements MutexGuard {
  readonly #lock: LockWord;
  #abandoned: boolean;
  #suspended = false;
  #released = false;

  constructor(lock: LockWord, got: Got) {
    this.#lock = lock;
    this.#abandoned = got === "abandoned";
    lock.object.retain();
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  /** True during a wait on a condition variable. */
  get suspended(): boolean {
    return this.#suspended;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    if (!this.#suspended) this.#end();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #end(): void {
    try {
      this.#lock.free();
    } finally {
      this.#lock.object.release();
    }
  }

  /** @throws {ProcrefError} `"not_held"`: it was released, or waits. */
  assertActive(): void {
    if (!this.#released && !this.#suspended) return;
    const what = this.#released ? "was released" : "waits already";
    throw new ProcrefError("not_held", `This guard of the ${this.#lock.object.subject} ${what}`);
  }

  /** Frees the lock for the time of a wait on a condition variable. */
  suspend(): void {
    this.#suspended = true;
    this.#lock.free();
  }

  /** Takes the lock back, however long that takes, whatever else is closed or aborted. */
  async resume(): Promise<void> {
    this.#resumed(await acquire(this.#lock, {}, NEVER));
  }

  /** As `resume`, blocking this thread. */
  resumeSync(): void {
    this.#resumed(acquireSync(this.#lock));
  }

  #resumed(got: Got): void {
    this.#suspended = false;
    this.#abandoned ||= got === "abandoned";
    if (this.#released) this.#end(); // during the wait
  }
}

/** One of several guards that share a possession: it ends with the last of them. */
export class NestedGuard implements MutexGuard {
  readonly #hold: Hold;
  readonly #leave: () => void;
  #released = false;

  constructor(hold: Hold, leave: () => void) {
    this.#hold = hold;
    this.#leave = leave;
  }

  get abandoned(): boolean {
    return this.#hold.abandoned;
  }

  /** What it shares. @throws {ProcrefError} `"not_held"`: it was released. */
  get hold(): Hold {
    if (this.#released) throw new ProcrefError("not_held", "This guard was released");
    return this.#hold;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#leave();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** The possession behind a guard. @throws {TypeError} @throws {ProcrefError} `"not_held"` */
export function holdOf(guard: MutexGuard): Hold {
  if (guard instanceof NestedGuard) return guard.hold;
  if (guard instanceof Hold) return guard;
  throw new TypeError("A condition variable waits with a guard of a Mutex or Monitor");
}
