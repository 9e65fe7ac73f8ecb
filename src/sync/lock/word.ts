// The lock's words and the steps that change them: each is one atomic operation, so that a holder or waiter may
// die between any two. What can go wrong between steps is explored in tests/sync/model.
//
// The word is 0 (free) or names a thread (30 bits, ThreadTag) with two flags:
//   WAITED  somebody sleeps on this very value, or is about to: whoever changes it wakes all of them.
//   HANDED  the thread that is named has not taken the lock yet; it was given to it because it waited long.
//
// No sleeper relies on another one: each watches the thread that the value it sleeps on names, and each is woken
// by every change. That costs a wake-up per waiter and hand-over, and survives any number of deaths.

import { ProcrefError } from "../../../ffi/errors.ts";
import type { SharedObject } from "../shared_object.ts";
import type { Word } from "../system.ts";
import { Line } from "./line.ts";
import { pause, pausing } from "../pause.ts";

/** Indices into the lock's cells. WORD and NEXT are the halves of one 64-bit word. */
export const WORD = 0;
/** The waiter whose turn is next, because it has waited long. */
export const NEXT = 1;
/** When that waiter came: an older one takes its place. */
export const NEXT_TICKET = 2;
/** Counts the waiters that came. */
export const TICKETS = 3;
/** The holder's record: its tag and its start time, for messages and against reused thread numbers. */
export const RECORD_TAG = 4;
export const RECORD_START = 5;
/** The lock's size, a cache line. */
export const LOCK_BYTES = 64;

export const WAITED = 1 << 31;
export const HANDED = 1 << 30;
export const TAG = HANDED - 1;

/** What a step led to. */
export type Attempt = "taken" | "abandoned" | "busy";

/** A lock in mapped memory, as one thread sees it. */
export class LockWord {
  /** What the lock is in. */
  readonly object: SharedObject;
  readonly #cells: Int32Array;
  readonly #pair: BigInt64Array;
  readonly #tag: number;
  readonly #start: number;
  #word: Word | undefined;
  /** Who waits for it through this object. */
  readonly line = new Line();

  /** @param object Its payload begins with the lock. */
  constructor(object: SharedObject) {
    this.object = object;
    this.#cells = new Int32Array(object.payload, 0, LOCK_BYTES / 4);
    this.#pair = new BigInt64Array(object.payload, 0, 1);
    const { tag, start } = object.system.self();
    this.#tag = tag;
    this.#start = start;
  }

  /** The word as a place to sleep. */
  get word(): Word {
    return this.#word ??= this.object.system.word(this.#cells, WORD);
  }

  /** The word's value. */
  get value(): number {
    return Atomics.load(this.#cells, WORD);
  }

  /** This thread's name in the word. */
  get tag(): number {
    return this.#tag;
  }

  /** Takes the lock if it is free: no system call. */
  take(): boolean {
    if (Atomics.compareExchange(this.#cells, WORD, 0, this.#tag) !== 0) return false;
    this.#record();
    return true;
  }

  #record(): void {
    if (pausing) pause("lock:taken");
    // Order matters: a tag that is there says that the start time is its.
    this.#cells[RECORD_START] = this.#start;
    Atomics.store(this.#cells, RECORD_TAG, this.#tag);
  }

  /**
   * One try of somebody who will sleep otherwise.
   *
   * @returns "taken", or the value to sleep on.
   * @throws {ProcrefError} `"corrupt"`: the word is no lock's.
   */
  tryOrAnnounce(): "taken" | number {
    for (;;) {
      const value = Atomics.load(this.#cells, WORD);
      if (value === 0) {
        if (this.take()) return "taken";
        continue;
      }
      const holder = value & TAG;
      if (holder === 0) throw this.corrupt(value);
      if (holder === this.#tag && (value & HANDED) !== 0) {
        if (this.#exchange(value, value & ~HANDED)) {
          this.#record();
          return "taken";
        }
        continue;
      }
      if ((value & WAITED) !== 0) return value;
      if (this.#exchange(value, value | WAITED)) pause("lock:announced");
    }
  }

  #exchange(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cells, WORD, expected, value) === expected;
  }

  /** The thread that a value names, with the start time that its record adds. */
  thread(value: number): { tag: number; start?: number } {
    const tag = value & TAG;
    // A clean release wipes the tag of the record: one that is there was left by the holder, or by its death.
    const recorded = Atomics.load(this.#cells, RECORD_TAG) === tag;
    return recorded ? { tag, start: this.#cells[RECORD_START] ?? 0 } : { tag };
  }

  /**
   * Takes the lock over from a thread that has ended.
   *
   * @param value The word that names it.
   * @returns "taken" where it had not come to take it itself; "busy" where somebody was faster.
   */
  inherit(value: number): Attempt {
    // Others may sleep on the dead one's value; they find out by themselves. WAITED stays: it costs one wake-up.
    if (!this.#exchange(value, this.#tag | WAITED)) return "busy";
    this.#record();
    return (value & HANDED) !== 0 ? "taken" : "abandoned";
  }

  /** Asks to be next, unless somebody who came earlier does. */
  askToBeNext(ticket: number): void {
    const next = Atomics.load(this.#cells, NEXT);
    if (next === this.#tag) return;
    const earlier = (ticket - Atomics.load(this.#cells, NEXT_TICKET) | 0) < 0;
    if (next !== 0 && !earlier) return;
    if (Atomics.compareExchange(this.#cells, NEXT, next, this.#tag) !== next) return;
    Atomics.store(this.#cells, NEXT_TICKET, ticket);
    pause("lock:asked");
  }

  /** A number that orders the waiters. */
  ticket(): number {
    return Atomics.add(this.#cells, TICKETS, 1);
  }

  /** Takes the request back. Where it was granted at that moment, the lock is passed on. */
  withdraw(): void {
    const next = Atomics.compareExchange(this.#cells, NEXT, this.#tag, 0);
    if (next === this.#tag) return;
    for (;;) {
      const value = Atomics.load(this.#cells, WORD);
      if ((value & TAG) !== this.#tag || (value & HANDED) === 0) return;
      if (!this.#exchange(value, value & ~HANDED)) continue;
      this.free();
      return;
    }
  }

  /**
   * Frees the lock: without a system call if nobody waits, else by handing it to who is next or by waking all.
   *
   * @throws {ProcrefError} `"corrupt"`: the word does not name this thread.
   */
  free(): void {
    // A plain store: the exchange after it publishes it.
    this.#cells[RECORD_TAG] = 0;
    if (pausing) pause("unlock:erased");
    if (Atomics.compareExchange(this.#cells, WORD, this.#tag, 0) === this.#tag) return;
    for (;;) {
      const value = Atomics.load(this.#cells, WORD);
      if ((value & ~WAITED) !== this.#tag) throw this.corrupt(value);
      const next = Atomics.load(this.#cells, NEXT);
      if (next === 0) {
        // Only WAITED can have come to the word in between, so a plain store loses nothing.
        this.object.system.setAndWake(this.word, 0);
        return;
      }
      if ((next & ~TAG) !== 0) throw this.corrupt(next);
      // Both halves at once: who takes its request back in this instant makes the exchange fail.
      const expected = BigInt.asIntN(64, BigInt(next) << 32n | BigInt(value >>> 0));
      const handed = BigInt((next | HANDED | WAITED) >>> 0);
      if (Atomics.compareExchange(this.#pair, 0, expected, handed) !== expected) continue;
      // A death here wakes everybody too: all of them watch this thread.
      pause("unlock:handed");
      this.object.system.wake(this.word);
      return;
    }
  }

  corrupt(value: number): ProcrefError {
    const shown = `0x${(value >>> 0).toString(16).padStart(8, "0")}`;
    return new ProcrefError("corrupt", `The word of ${this.object.subject} is no lock's: ${shown}`);
  }
}
