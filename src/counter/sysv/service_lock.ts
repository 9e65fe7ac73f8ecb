// A service's lock and count in a System V semaphore set (semop(2)): taking the lock and counting is one atomic
// array of operations, so no crash can come between them. Where an array may have five elements only, counting follows
// under the lock: whoever dies in between was never there, or leaves all the same (tests/model: `stepwise`).

import type { ProcessIdentity } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import type { GuardedLock, GuardianLease, Lease } from "../lease.ts";
import { blocked } from "./blocked.ts";
import {
  closeGate,
  countOf,
  freeStart,
  isUnused,
  labelOf,
  openGateAndStart,
  type Operations,
  type SlotOperations,
  START_SEMAPHORE,
  takeStart,
  tryStart,
} from "./layout.ts";
import { countAt, type Place, SemaphoreSet } from "./set.ts";
import { NEVER } from "../../wait.ts";

/** The lock and count of a service on System V semaphores. */
export class SysvServiceLock implements GuardedLock {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  count(): number {
    return countAt(this.#place);
  }

  holder(): ProcessIdentity | undefined {
    const set = SemaphoreSet.find(this.#place);
    if (set === undefined || set.value(START_SEMAPHORE) !== 1) return undefined;
    const pid = set.starter();
    return pid > 0 ? identify(pid) : undefined;
  }

  async enter(create: boolean, signal: AbortSignal): Promise<Lease | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const lease = this.#locate(create);
      if (lease === undefined) return undefined;
      if (lease.tryEnter() || await lease.enter(signal)) return lease;
    }
  }

  seize(create: boolean): GuardianLease | undefined {
    for (;;) {
      const lease = this.#locate(create, true);
      if (lease === undefined || lease.seize()) return lease;
    }
  }

  #locate(create: boolean, patient = false): SysvLease | undefined {
    for (;;) {
      const set = create ? SemaphoreSet.create(this.#place) : SemaphoreSet.find(this.#place);
      if (set === undefined) return undefined;
      const slot = set.claim(this.#place.tag, patient);
      if (slot !== undefined) return new SysvLease(this.#place, set, slot);
    }
  }
}

class SysvLease implements GuardianLease {
  readonly #place: Place;
  readonly #set: SemaphoreSet;
  readonly #slot: SlotOperations;
  #counted = false;
  #locked = false;

  constructor(place: Place, set: SemaphoreSet, slot: SlotOperations) {
    this.#place = place;
    this.#set = set;
    this.#slot = slot;
  }

  /** Takes the lock and a reference if that is one step and need not wait, as is the rule. */
  tryEnter(): boolean {
    return this.#counted = this.#try(this.#slot.tryEnter);
  }

  async enter(signal: AbortSignal): Promise<boolean> {
    if (this.#set.manner.stepwise) return await this.#lockThen(this.#slot.addInside, signal);
    const { tryEnter, enter } = this.#slot;
    const undo = () => {
      this.#counted = this.#locked = true;
      this.withdraw();
      this.unlock();
    };
    const blocking = { attempt: tryEnter, wait: enter, undo };
    const outcome = await blocked(this.#set, blocking, () => this.#ours(), signal);
    return this.#counted = this.#locked = outcome === "done";
  }

  /** Takes the lock, then changes the count under it. False: the set is gone, or the slot another name's. */
  async #lockThen(change: Operations, signal: AbortSignal): Promise<boolean> {
    const undo = () => void this.#set.attempt(freeStart);
    const blocking = { attempt: tryStart, wait: takeStart, undo };
    const outcome = await blocked(this.#set, blocking, () => true, signal);
    this.#locked = outcome === "done";
    if (!this.#locked) return false;
    const changed = this.#set.attempt(change) === "done";
    this.#counted = changed && change === this.#slot.addInside;
    if (!changed) this.unlock();
    return changed;
  }

  seize(): boolean {
    return this.#locked = this.#set.perform(takeStart) === "done";
  }

  count(): number {
    return this.#set.value(countOf(this.#slot.slot)) ?? 0;
  }

  unlock(): void {
    // Never twice: the second time it would be somebody else's lock.
    if (this.#locked) this.#set.attempt(freeStart);
    this.#locked = false;
  }

  withdraw(): void {
    // Never twice: the second time it would be somebody else's reference.
    if (this.#counted) this.#set.attempt(this.#slot.withdraw);
    this.#counted = false;
  }

  async leave(): Promise<boolean> {
    this.#counted = false;
    return this.#try(this.#slot.tryLeave) || await this.#waitToLeave();
  }

  #try(operations: Operations): boolean {
    const { stepwise } = this.#set.manner;
    return this.#locked = !stepwise && this.#set.attempt(operations) === "done";
  }

  async #waitToLeave(): Promise<boolean> {
    if (this.#set.manner.stepwise) return await this.#lockThen(this.#slot.dropInside, NEVER);
    const { tryLeave, leave } = this.#slot;
    const blocking = { attempt: tryLeave, wait: leave, undo: () => {} };
    const outcome = await blocked(this.#set, blocking, () => this.#ours(), NEVER);
    return this.#locked = outcome === "done";
  }

  vacate(): void {
    if (!this.#locked) return;
    this.#locked = false;
    const shut = this.#set.attempt(closeGate);
    // The gate stays shut: the lock is freed all the same, and the set goes with its next use.
    if (shut === "again") this.#set.attempt(freeStart);
    if (shut !== "done") return;
    const values = this.#set.values();
    if (values !== undefined && isUnused(values)) this.#set.remove();
    else this.#set.attempt(openGateAndStart);
  }

  inherit(): boolean {
    const { inherit, inheritInFive } = this.#slot;
    const operations = this.#set.manner.stepwise ? inheritInFive : inherit;
    return this.#locked = this.#set.perform(operations) === "done";
  }

  /** While a name counts, its slot keeps the label; once it doesn't, another name may have it. */
  #ours(): boolean {
    return this.#set.value(labelOf(this.#slot.slot)) === this.#place.tag;
  }
}
