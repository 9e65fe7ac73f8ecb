// The kernel object is a System V semaphore set; every change carries SEM_UNDO, so that a holder's death counts
// it off and frees its lock before its pidfd turns readable. Written in semop(2), under SEM_UNDO, and in exit(2).

import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { identify } from "../../process/alive.ts";
import { describeTarget } from "../../process/identity.ts";
import { limit, type WaitOptions } from "../../wait.ts";
import type { CounterBackend, RefCounter } from "../types.ts";
import { blocked } from "./blocked.ts";
import {
  closeGate,
  countOf,
  freeStart,
  freeStartAtGate,
  isUnused,
  labelOf,
  openGate,
  type Operations,
  type SlotOperations,
  START_SEMAPHORE,
  takeStart,
  tryStart,
} from "./layout.ts";
import { countAt, type Outcome, type Place, SemaphoreSet } from "./set.ts";

interface Located {
  readonly set: SemaphoreSet;
  readonly slot: SlotOperations;
}

/** A reference count on System V semaphores. */
export class SysvCounter implements RefCounter {
  readonly name: string;
  readonly backend: CounterBackend = "sysv";
  readonly #place: Place;
  #located: Located | undefined;
  /** References taken and not given back; those that went with a removed set are among them. */
  #held = 0;
  /** How many of them are in the set of `#located`. */
  #counted = 0;
  #locked: SemaphoreSet | undefined;

  constructor(name: string, place: Place) {
    this.name = name;
    this.#place = place;
  }

  acquire(): number {
    for (;;) {
      const { set, slot } = this.#locate();
      if (this.#apply(set, slot, slot.add, slot.addInside) !== "done") continue;
      const count = set.value(countOf(slot.slot));
      set.attempt(openGate);
      if (count === undefined) continue;
      this.#held++;
      this.#counted++;
      return count;
    }
  }

  release(): number {
    if (this.#held === 0) {
      throw new ProcrefError("not_held", `This object holds no reference to ${this.#title}`);
    }
    const count = this.#drop();
    this.#held--;
    return count;
  }

  #drop(): number {
    const located = this.#located;
    // Somebody removed the set (ipcrm): the reference went with it.
    if (
      located === undefined || this.#counted === 0 ||
      this.#apply(located.set, located.slot, located.slot.drop, located.slot.dropInside) !== "done"
    ) {
      return this.count();
    }
    this.#counted--;
    return this.#leaveGate(located.set)?.[countOf(located.slot.slot)] ?? 0;
  }

  count(): number {
    return countAt(this.#place);
  }

  tryLock(): boolean {
    for (;;) {
      const { set } = this.#locate();
      const outcome = set.attempt(tryStart);
      if (outcome === "again") return false;
      if (outcome === "done") {
        this.#locked = set;
        return true;
      }
      this.#forget();
    }
  }

  unlock(): void {
    const set = this.#locked;
    if (set === undefined) {
      throw new ProcrefError("not_held", `This object doesn't hold the lock of ${this.#title}`);
    }
    this.#locked = undefined;
    this.#free(set);
  }

  async lock(options: WaitOptions = {}): Promise<void> {
    using patience = limit(options, () => `the lock of ${this.#title}${this.#lockHolder()}`);
    for (;;) {
      patience.signal.throwIfAborted();
      const { set } = this.#locate();
      const blocking = { attempt: tryStart, wait: takeStart, undo: () => this.#free(set) };
      if (await blocked(set, blocking, () => true, patience.signal) === "done") {
        this.#locked = set;
        return;
      }
      this.#forget();
    }
  }

  async waitForZero(options: WaitOptions = {}): Promise<void> {
    const { tag } = this.#place;
    using patience = limit(
      options,
      () => `the last of ${this.count()} references to ${this.#title}`,
    );
    patience.signal.throwIfAborted();
    const set = SemaphoreSet.find(this.#place);
    const slot = set?.slot(tag);
    if (set === undefined || slot === undefined) return;
    const blocking = { attempt: slot.tryZero, wait: slot.zero, undo: () => {} };
    const ours = () => set.value(labelOf(slot.slot)) === tag;
    // Removed, or another name's by now: either way this name's count was 0.
    await blocked(set, blocking, ours, patience.signal);
  }

  close(): void {
    while (this.#held > 0) this.release();
    if (this.#locked !== undefined) this.unlock();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #title(): string {
    return `counter ${quote(this.name)}`;
  }

  #locate(): Located {
    for (;;) {
      if (this.#located !== undefined) return this.#located;
      const set = SemaphoreSet.create(this.#place);
      const slot = set.claim(this.#place.tag);
      if (slot !== undefined) this.#located = { set, slot };
    }
  }

  /** Performs a slot's operations; forgets where it was if it is there no more. */
  #apply(
    set: SemaphoreSet,
    slot: SlotOperations,
    atOnce: Operations,
    inside: Operations,
  ): Outcome {
    const outcome = set.manner.stepwise ? inTwo(set, inside) : set.attempt(atOnce);
    if (outcome === "again" && set.value(labelOf(slot.slot)) === this.#place.tag) {
      throw set.gateTimeout();
    }
    if (outcome !== "done") this.#forget();
    return outcome;
  }

  #forget(): void {
    this.#located = undefined;
    this.#counted = 0;
  }

  /** Frees the start-up lock, and removes the set if that was its last use. */
  #free(set: SemaphoreSet): void {
    const outcome = set.attempt(freeStartAtGate);
    if (outcome === "done") this.#leaveGate(set);
    // The gate stays shut: the lock is freed all the same, and the set goes with its next use.
    if (outcome === "again") set.attempt(freeStart);
  }

  /** Opens the gate, or removes the set if nobody counts in it and nobody holds its lock. */
  #leaveGate(set: SemaphoreSet): Uint16Array | undefined {
    const values = set.values();
    const unused = values !== undefined && values[START_SEMAPHORE] === 0 &&
      isUnused(values);
    if (unused) set.remove();
    else set.attempt(openGate);
    return values;
  }

  #lockHolder(): string {
    const pid = SemaphoreSet.find(this.#place)?.starter() ?? 0;
    return pid > 0 ? `, held by ${describeTarget(identify(pid) ?? pid)}` : "";
  }
}

/** Takes the gate, then does the rest. A death in between gives back the gate only, which was all. */
function inTwo(set: SemaphoreSet, inside: Operations): Outcome {
  const shut = set.attempt(closeGate);
  if (shut !== "done") return shut;
  try {
    const outcome = set.attempt(inside);
    if (outcome !== "done") set.attempt(openGate);
    return outcome;
  } catch (error) {
    set.attempt(openGate);
    throw error;
  }
}
