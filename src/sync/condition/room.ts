// Who waits on a condition variable, as a table in shared memory. A waiter's slot names its thread; a signal grants
// the slot of the earliest waiter, by one exchange, and then counts SEQUENCE up, on which all of them sleep, by one
// FUTEX_WAKE_OP. Who is granted takes the mutex again and only then empties its slot. The others look after it
// meanwhile: if its thread ends before, one of them puts its own name into the granted slot. So a signal is used
// once, by a waiter that lives, however many die; and one that finds nobody changes nothing.
//
// A signaller that dies between its two steps has granted without waking; the next signal wakes for both.

import { ProcrefError } from "../../../ffi/errors.ts";
import { hasEnded } from "../lock/watch.ts";
import { pause } from "../pause.ts";
import type { SharedObject } from "../shared_object.ts";
import type { Word } from "../system.ts";

const SEQUENCE = 0;
const TICKETS = 1;
const USED = 2; // slots that were ever used, so that a signal need not look at all
const FIRST_SLOT = 16;
const SLOT_CELLS = 2;
const GRANTED = 1 << 30;
const ARRIVING = 1 << 31; // its ticket is not written yet: no signal sees it
const TAG = GRANTED - 1;

/** The most that can wait on one condition variable at a time, over all processes. */
export const SLOTS = 1024;
/** The size of the table. */
export const ROOM_BYTES = 4 * (FIRST_SLOT + SLOTS * SLOT_CELLS);

/** A waiter's slot. */
export interface Place {
  slot: number;
  /** Grants from before this waiter came, by slot: they are none of its business. The value is the ticket. */
  readonly earlier: ReadonlyMap<number, number>;
}

/** A granted slot of another thread. */
export interface Grant {
  readonly tag: number;
  readonly slot: number;
  /** The next ticket when the grant was seen: who has that or a later one came after it. */
  readonly before: number;
}

export class WaitingRoom {
  readonly #object: SharedObject;
  readonly #cells: Int32Array;
  readonly #tag: number;
  #word: Word | undefined;

  constructor(object: SharedObject) {
    this.#object = object;
    this.#cells = new Int32Array(object.payload);
    this.#tag = object.system.self().tag;
  }

  /** What waiters sleep on. */
  get word(): Word {
    return this.#word ??= this.#object.system.word(this.#cells, SEQUENCE);
  }

  get sequence(): number {
    return Atomics.load(this.#cells, SEQUENCE);
  }

  #load(slot: number): number {
    const value = Atomics.load(this.#cells, FIRST_SLOT + slot * SLOT_CELLS);
    const flags = value & ~TAG;
    if (value === 0 || (value !== flags && flags !== (GRANTED | ARRIVING))) return value;
    const shown = (value >>> 0).toString(16);
    throw new ProcrefError("corrupt", `Slot ${slot} of the ${this.#object.subject}: 0x${shown}`);
  }

  #exchange(slot: number, expected: number, value: number): boolean {
    const index = FIRST_SLOT + slot * SLOT_CELLS;
    return Atomics.compareExchange(this.#cells, index, expected, value) === expected;
  }

  #ticketOf(slot: number): number {
    return Atomics.load(this.#cells, FIRST_SLOT + slot * SLOT_CELLS + 1);
  }

  #used(): number {
    const used = Atomics.load(this.#cells, USED);
    if (used >= 0 && used <= SLOTS) return used;
    throw new ProcrefError("corrupt", `The ${this.#object.subject} has ${used} slots`);
  }

  /** Takes a slot, before the mutex is freed. @throws {ProcrefError} `"resource_limit"`: there are 1024 waiters. */
  enter(): Place {
    // Before the slot is taken: a grant that comes afterwards may become this waiter's.
    const earlier = new Map<number, number>();
    for (let slot = 0; slot < this.#used(); slot++) {
      if ((this.#load(slot) & GRANTED) !== 0) earlier.set(slot, this.#ticketOf(slot));
    }
    const slot = this.#claim() ?? this.#reclaim();
    pause("condition:claimed");
    const ticket = Atomics.add(this.#cells, TICKETS, 1);
    Atomics.store(this.#cells, FIRST_SLOT + slot * SLOT_CELLS + 1, ticket);
    this.#exchange(slot, this.#tag | ARRIVING, this.#tag);
    pause("condition:registered");
    return { slot, earlier };
  }

  #claim(): number | undefined {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#load(slot) !== 0) continue;
      // First the bound, then the slot: a signal must not overlook it.
      for (let used = this.#used(); used <= slot; used = this.#used()) {
        Atomics.compareExchange(this.#cells, USED, used, slot + 1);
      }
      if (this.#exchange(slot, 0, this.#tag | ARRIVING)) return slot;
    }
    return undefined;
  }

  /** All slots are taken: maybe by some whose threads have ended. */
  #reclaim(): number {
    for (let slot = 0; slot < SLOTS; slot++) {
      const value = this.#load(slot);
      if (value !== 0 && !hasEnded(this.#object.system, { tag: value & TAG })) continue;
      if (this.#exchange(slot, value, this.#tag | ARRIVING)) return slot;
    }
    throw new ProcrefError(
      "resource_limit",
      `${SLOTS} wait on the ${this.#object.subject} already`,
    );
  }

  /** True when this waiter was signalled. */
  granted({ slot }: Place): boolean {
    return this.#load(slot) === (this.#tag | GRANTED);
  }

  /** The grants that this waiter has to look after. */
  grants({ earlier }: Place): Grant[] {
    const grants: Grant[] = [];
    const before = Atomics.load(this.#cells, TICKETS);
    for (let slot = 0; slot < this.#used(); slot++) {
      const value = this.#load(slot);
      if ((value & GRANTED) === 0 || (value & TAG) === this.#tag) continue;
      if (earlier.get(slot) === this.#ticketOf(slot)) continue;
      grants.push({ tag: value & TAG, slot, before });
    }
    return grants;
  }

  /** Takes over the grant of a thread that has ended, unless another waiter was faster. */
  takeOver(place: Place, { tag, slot, before }: Grant): void {
    if (!this.#exchange(slot, tag | GRANTED, this.#tag | GRANTED)) return;
    pause("condition:taken-over");
    const old = { slot: place.slot, earlier: place.earlier };
    place.slot = slot;
    // Signalled itself in this instant: one of the two grants is too many here.
    if (!this.leave(old)) this.passOn(old, before);
  }

  /** Empties the slot of a waiter that was not signalled. False: it was. */
  leave({ slot }: Place): boolean {
    return this.#exchange(slot, this.#tag, 0);
  }

  /** Empties the slot of a waiter that was signalled. */
  consume({ slot }: Place): void {
    this.#exchange(slot, this.#tag | GRANTED, 0);
    pause("condition:left");
  }

  /** Gives a grant to the next waiter. In this order a death in between wakes one too many, never one too few. */
  passOn(place: Place, before?: number): void {
    this.signal(before);
    this.consume(place);
  }

  /** Grants the earliest waiter: of all who have registered, or of those with a ticket before that one. */
  signal(before = Atomics.load(this.#cells, TICKETS)): void {
    for (;;) {
      const slot = this.#earliest(before);
      if (slot === undefined) return this.#wakeGranted();
      const value = this.#load(slot);
      if (!waits(value)) continue;
      if (this.#exchange(slot, value, value | GRANTED)) return this.#wake();
    }
  }

  /** Grants everybody who waits. */
  broadcast(): void {
    for (let slot = 0; slot < this.#used(); slot++) {
      let value = this.#load(slot);
      while (waits(value)) {
        if (this.#exchange(slot, value, value | GRANTED)) break;
        value = this.#load(slot);
      }
    }
    this.#wakeGranted();
  }

  #earliest(before: number): number | undefined {
    let earliest: number | undefined;
    let least = before;
    for (let slot = 0; slot < this.#used(); slot++) {
      if (!waits(this.#load(slot))) continue;
      const ticket = this.#ticketOf(slot);
      // Tickets wrap around: their difference orders them.
      if ((ticket - least | 0) >= 0) continue;
      earliest = slot;
      least = ticket;
    }
    return earliest;
  }

  /** Also for grants of a signaller that died before it woke anybody. */
  #wakeGranted(): void {
    for (let slot = 0; slot < this.#used(); slot++) {
      if ((this.#load(slot) & GRANTED) !== 0) return this.#wake();
    }
  }

  #wake(): void {
    pause("condition:granted");
    this.#object.system.addAndWake(this.word, 1);
  }
}

/** True for a slot whose waiter can be signalled. */
function waits(value: number): boolean {
  return value > 0 && (value & GRANTED) === 0;
}
