import { TimeoutError } from "../../../ffi/errors.ts";
import { checkDuration, limit, type WaitOptions } from "../../wait.ts";
import { DeadlockError } from "../errors.ts";
import { describe } from "./look.ts";
import { blockOrDeath, hasEnded, sleepOrDeath } from "./watch.ts";
import { type Attempt, HANDED, type LockWord, TAG } from "./word.ts";

/** How the lock was got. */
export type Got = Exclude<Attempt, "busy">;

// Who has waited this long asks to be handed the lock: until then the fastest takes it, which is what makes a
// contended lock quick.
const PATIENCE = 4;
// A lock held this briefly is worth looking at again before this thread is put to sleep.
const SPINS = 100;

/** Takes the lock if it is free, or if its holder has ended. */
export function tryAcquire(lock: LockWord): Got | undefined {
  if (lock.take()) return "taken";
  const value = lock.value;
  if (value === 0) return lock.take() ? "taken" : undefined;
  if ((value & TAG) === 0) throw lock.corrupt(value);
  if (!hasEnded(lock.object.system, lock.thread(value))) return undefined;
  const got = lock.inherit(value);
  return got === "busy" ? undefined : got;
}

/**
 * Waits for the lock. The object must be retained meanwhile.
 *
 * @param closing Ends the wait as well.
 */
export async function acquire(
  lock: LockWord,
  options: WaitOptions,
  closing: AbortSignal = lock.object.closing,
): Promise<Got> {
  checkDuration(options.timeout ?? Infinity, "timeout");
  options.signal?.throwIfAborted();
  if (lock.take()) return "taken";
  using patience = limit(options, () => describe(lock));
  const queue = new Turn(lock);
  const signal = AbortSignal.any([patience.signal, closing]);
  let leave = () => {};
  try {
    leave = await lock.line.join(signal);
    for (;;) {
      const value = lock.tryOrAnnounce();
      if (value === "taken") return "taken";
      queue.ask();
      const threads = () => [lock.thread(value)];
      const dead = await sleepOrDeath(lock.object.system, lock.word, value, threads, signal);
      const got = dead === undefined ? "busy" : lock.inherit(value);
      if (got !== "busy") return got;
    }
  } catch (error) {
    // A wait shorter than it takes to notice a death must not miss it.
    const late = error instanceof TimeoutError ? tryAcquire(lock) : undefined;
    if (late === undefined) throw error;
    return late;
  } finally {
    leave();
    queue.leave();
  }
}

/**
 * Waits for the lock, blocking this thread.
 *
 * @throws {DeadlockError} This thread holds it.
 * @throws {TimeoutError} It was not free in time.
 */
export function acquireSync(lock: LockWord, timeout = Infinity): Got {
  const end = performance.now() + checkDuration(timeout, "timeout");
  if (lock.take()) return "taken";
  const queue = new Turn(lock);
  try {
    for (;;) {
      for (let spin = 0; spin < SPINS; spin++) if (lock.value === 0) break;
      const value = lock.tryOrAnnounce();
      if (value === "taken") return "taken";
      if ((value & TAG) === lock.tag && (value & HANDED) === 0) throw deadlock(lock);
      queue.ask();
      const threads = () => [lock.thread(value)];
      const dead = blockOrDeath(lock.object.system, lock.word, value, threads, end);
      const got = dead === undefined ? "busy" : lock.inherit(value);
      if (got !== "busy") return got;
      if (performance.now() < end) continue;
      const late = tryAcquire(lock);
      if (late !== undefined) return late;
      throw new TimeoutError(`Timed out after ${timeout} ms waiting for ${describe(lock)}`);
    }
  } finally {
    queue.leave();
  }
}

function deadlock({ object }: LockWord): DeadlockError {
  return new DeadlockError(
    `A guard of this thread holds the ${object.subject}: waiting for it would block its release`,
  );
}

/** A waiter's place in the order of arrival, which counts once it has waited long. */
class Turn {
  readonly #lock: LockWord;
  readonly #ticket: number;
  readonly #since = performance.now();
  #asked = false;

  constructor(lock: LockWord) {
    this.#lock = lock;
    this.#ticket = lock.ticket();
  }

  ask(): void {
    if (performance.now() - this.#since < PATIENCE) return;
    this.#asked = true;
    this.#lock.askToBeNext(this.#ticket);
  }

  leave(): void {
    if (this.#asked) this.#lock.withdraw();
  }
}
