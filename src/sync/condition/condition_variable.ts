import { TimeoutError } from "../../../ffi/errors.ts";
import { checkName } from "../../name.ts";
import { checkDuration, limit, type WaitOptions } from "../../wait.ts";
import { type Hold, holdOf, type MutexGuard } from "../lock/hold.ts";
import { blockOrDeath, sleepOrDeath } from "../lock/watch.ts";
import type { SyncWaitOptions } from "../mutex.ts";
import { pause } from "../pause.ts";
import { type OpenOptions, SharedObject } from "../shared_object.ts";
import { syncSystem } from "../system.ts";
import { type Place, ROOM_BYTES, WaitingRoom } from "./room.ts";

/**
 * Where processes wait for a condition on data that a `Mutex` or `Monitor` protects. A wait frees the lock and
 * begins in one step: no signal is lost in between. A signal that finds nobody waiting is not remembered. One that
 * was given to a waiter which then dies goes to another.
 *
 * Check the condition again after every wait: a wait may, rarely, end without a signal.
 *
 * @example
 * ```ts
 * import { ConditionVariable, Mutex } from "@procref/procref/sync";
 *
 * const mutex = Mutex.open("docs-condition");
 * const changed = ConditionVariable.open("docs-condition");
 * let ready = false;
 * setTimeout(() => mutex.synchronize(() => (ready = true, changed.signal())), 10);
 * {
 *   using guard = await mutex.lock();
 *   while (!ready) await changed.wait(guard);
 * }
 * mutex.close();
 * changed.close();
 * Mutex.unlink("docs-condition");
 * ConditionVariable.unlink("docs-condition");
 * ```
 */
export class ConditionVariable implements Disposable {
  readonly #object: SharedObject;
  readonly #room: WaitingRoom;

  private constructor(object: SharedObject) {
    this.#object = object;
    this.#room = new WaitingRoom(object);
  }

  /**
   * Opens the condition variable of this name, and makes it if there is none.
   *
   * @param name 1 to 255 bytes of UTF-8 without NUL.
   * @param options Whether it may, or must, be made.
   * @throws {TypeError} The name is no text, or holds NUL.
   * @throws {RangeError} The name is empty or too long.
   * @throws {ProcrefError} `"not_found"`, `"exists"`, `"corrupt"` or `"mismatch"`, as for a `Mutex`.
   * @throws {PermissionError} Another user made it.
   */
  static open(name: string, options: OpenOptions = {}): ConditionVariable {
    const shape = { byteLength: ROOM_BYTES, scoped: true };
    return new ConditionVariable(SharedObject.open("condition variable", name, shape, options));
  }

  /**
   * Removes the name. Who has it open goes on with it; the next `open` makes another one.
   *
   * @param name The name.
   * @returns False: there was none.
   */
  static unlink(name: string): boolean {
    return syncSystem().unlink("condition variable", checkName(name, "condition variable"));
  }

  /** The name it was opened with. */
  get name(): string {
    return this.#object.name;
  }

  /**
   * Frees the guard's lock and waits for a signal, then takes the lock again, in every case: the guard holds when
   * the promise settles, also when it rejects. If a holder died meanwhile, the guard is `abandoned` from then on.
   *
   * @param guard Of a Mutex, or of a Monitor, which is left altogether however often it was entered.
   * @param options Timeout and AbortSignal, of the wait for the signal; taking the lock again has no limit.
   * @returns False: the timeout came first.
   * @throws {TypeError} It is no such guard.
   * @throws {ProcrefError} `"not_held"`: the guard was released, or waits already; `"resource_limit"`: 1024 wait;
   * `"closed"`, also when it is closed during the wait; `"corrupt"`: there is garbage in its place.
   */
  async wait(guard: MutexGuard, options: WaitOptions = {}): Promise<boolean> {
    const hold = this.#checked(guard, options.timeout);
    options.signal?.throwIfAborted();
    using patience = limit(options, () => `a signal on the ${this.#object.subject}`);
    const place = this.#enter(hold);
    let failure: { error: unknown } | undefined;
    let signalled = false;
    try {
      await this.#sleep(place, AbortSignal.any([patience.signal, this.#object.closing]));
      signalled = true;
    } catch (error) {
      const timedOut = error === patience.signal.reason && error instanceof TimeoutError &&
        !options.signal?.aborted;
      // Signalled in the same instant: the signal counts, unless the caller wants none any more.
      if (!this.#room.leave(place)) timedOut ? signalled = true : this.#room.passOn(place);
      if (!timedOut) failure = { error };
    }
    await hold.resume();
    this.#settle(place, signalled);
    if (failure !== undefined) throw failure.error;
    return signalled;
  }

  /**
   * As `wait`, blocking this thread.
   *
   * @param guard Of a Mutex or a Monitor.
   * @param options Timeout.
   * @returns False: the timeout came first.
   * @throws {TypeError} It is no such guard.
   * @throws {ProcrefError} As for `wait`.
   */
  waitSync(guard: MutexGuard, options: SyncWaitOptions = {}): boolean {
    const { timeout = Infinity } = options;
    const hold = this.#checked(guard, timeout);
    const end = performance.now() + timeout;
    const place = this.#enter(hold);
    const signalled = this.#block(place, end) || !this.#room.leave(place);
    hold.resumeSync();
    this.#settle(place, signalled);
    return signalled;
  }

  /** Wakes the waiter that came first, if there is one. @throws {ProcrefError} `"closed"`; `"corrupt"`. */
  signal(): void {
    this.#object.assertOpen();
    this.#room.signal();
  }

  /** Wakes everybody who waits. @throws {ProcrefError} `"closed"`; `"corrupt"`. */
  broadcast(): void {
    this.#object.assertOpen();
    this.#room.broadcast();
  }

  /** Ends the use of this object: who waits through it is rejected. Closing again is a no-op. */
  close(): void {
    this.#object.close();
  }

  /** As `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  #checked(guard: MutexGuard, timeout = Infinity): Hold {
    this.#object.assertOpen();
    checkDuration(timeout, "timeout");
    return holdOf(guard);
  }

  /** Registers first and frees the lock then: who changes the data under the lock finds the waiter. */
  #enter(hold: Hold): Place {
    hold.assertActive();
    const place = this.#room.enter();
    this.#object.retain();
    hold.suspend();
    pause("condition:unlocked");
    return place;
  }

  /** With the lock held again, so that a death before this leaves the signal to the others. */
  #settle(place: Place, signalled: boolean): void {
    pause("condition:relocked");
    if (signalled) this.#room.consume(place);
    this.#object.release();
  }

  async #sleep(place: Place, signal: AbortSignal): Promise<void> {
    const { system } = this.#object;
    for (;;) {
      // Read before looking: a signal that comes after the look has changed it.
      const { sequence } = this.#room;
      if (this.#room.granted(place)) return;
      const threads = () => this.#room.grants(place);
      const dead = await sleepOrDeath(system, this.#room.word, sequence, threads, signal);
      if (dead !== undefined) this.#room.takeOver(place, dead);
    }
  }

  #block(place: Place, end: number): boolean {
    const { system } = this.#object;
    for (;;) {
      const { sequence } = this.#room;
      if (this.#room.granted(place)) return true;
      if (performance.now() >= end) return false;
      const threads = () => this.#room.grants(place);
      const dead = blockOrDeath(system, this.#room.word, sequence, threads, end);
      if (dead !== undefined) this.#room.takeOver(place, dead);
    }
  }
}
