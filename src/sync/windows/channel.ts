// Windows has no futex between processes (WaitOnAddress works within one). In its place each object has a number of
// its last waking, in shared memory, and an event for each number, which exists while somebody sleeps for it. Who
// wakes counts the number up and sets the event of the old one; an event is never reset, so nobody can miss it.
//
// A death between the change of a word and the event leaves sleepers asleep. Those of a lock watch the thread that
// would have woken them; others look again after a while.

import { closeHandle, objects } from "../../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../../ffi/windows/poller.ts";
import { native } from "../../../ffi/mod.ts";
import { createEvent, openEvent, setEvent, type Where } from "../../object/named.ts";
import type { Sleep, Word } from "../system.ts";

const LOOK_AGAIN = 500; // ms
const UNITS = 10_000; // of 100 ns in a millisecond; relative times are negative

/** How the sleepers of one object are told. */
export class Channel {
  readonly #where: Where;
  readonly #woken: Int32Array;

  constructor(where: Where, woken: Int32Array) {
    this.#where = where;
    this.#woken = woken;
  }

  #event(number: number): Where {
    return { ...this.#where, name: `${this.#where.name}-woken-${number >>> 0}` };
  }

  /** An event that is set at the next waking; undefined where the word has changed already. */
  next({ cell }: Word, expected: number): number | undefined {
    const number = Atomics.load(this.#woken, 0);
    const event = createEvent(this.#event(number));
    // Looked at only now: who has changed the word before counts up, or finds the event.
    const unchanged = Atomics.load(cell, 0) === expected &&
      Atomics.load(this.#woken, 0) === number;
    if (unchanged) return event;
    closeHandle(event);
    return undefined;
  }

  wake(): void {
    const event = openEvent(this.#event(Atomics.add(this.#woken, 0, 1)));
    if (event === undefined) return;
    setEvent(event);
    closeHandle(event);
  }
}

const channels = new WeakMap<ArrayBufferLike, Channel>();

/** Says by which channel the words of an object wake their sleepers. */
export function connect(payload: ArrayBuffer, channel: Channel): void {
  channels.set(payload, channel);
}

function channelOf({ cell }: Word): Channel {
  const channel = channels.get(cell.buffer);
  if (channel === undefined) throw new TypeError("The word is in no mapped object");
  return channel;
}

export function word(cells: Int32Array, index: number): Word {
  const cell = cells.subarray(index, index + 1);
  return { cell, address: native.addressOf(cell) };
}

export function sleep(word: Word, expected: number): Sleep {
  native.addressOf(word.cell); // a detached cell throws here
  const event = channelOf(word).next(word, expected);
  if (event === undefined) return { done: Promise.resolve(), cancel: () => {} };
  const waiting = whenSignaled(event);
  const timer = setTimeout(() => waiting.cancel(), LOOK_AGAIN);
  const done = waiting.done.then(() => {
    clearTimeout(timer);
    closeHandle(event);
  });
  return { done, cancel: () => waiting.cancel() };
}

const patience = new BigUint64Array(1);
const relative = new BigInt64Array(patience.buffer);

export function block(word: Word, expected: number, milliseconds: number): void {
  const event = channelOf(word).next(word, expected);
  if (event === undefined) return;
  relative[0] = -BigInt(Math.ceil(milliseconds * UNITS));
  objects().NtWaitForSingleObject(event, 0, patience);
  closeHandle(event);
}

export function wake(word: Word): void {
  channelOf(word).wake();
}

export function setAndWake(word: Word, value: number): void {
  Atomics.store(word.cell, 0, value);
  wake(word);
}

export function addAndWake(word: Word, value: number): void {
  Atomics.add(word.cell, 0, value);
  wake(word);
}
