// The word counts units; WAITED says that somebody sleeps on "0 and WAITED", or is about to. A post to that value
// is one FUTEX_WAKE_OP, so that no death can come between the unit and the wake-up, and wakes all: whoever of them
// survives takes the unit. Above 0 nobody sleeps unwoken, so whoever takes or posts there may wipe WAITED.

import { ProcrefError } from "../../../ffi/errors.ts";
import { Line } from "../lock/line.ts";
import { pause } from "../pause.ts";
import type { SharedObject } from "../shared_object.ts";
import type { Word } from "../system.ts";
import type { SemaphoreWord } from "./wait.ts";

const WAITED = 1 << 31;
const COUNT = 0x7fff_ffff;
/** The largest value, far below what a race of posts could carry into the flag. */
export const LARGEST_COUNT = 2 ** 30;
const MOST_IN_ONE_STEP = 2047;

export class CountingWord implements SemaphoreWord {
  readonly #object: SharedObject;
  readonly #cells: Int32Array;
  readonly line = new Line();
  #word: Word | undefined;

  constructor(object: SharedObject) {
    this.#object = object;
    this.#cells = new Int32Array(object.payload, 0, 1);
  }

  get word(): Word {
    return this.#word ??= this.#object.system.word(this.#cells, 0);
  }

  get value(): number {
    return this.#checked(Atomics.load(this.#cells, 0)) & COUNT;
  }

  #checked(value: number): number {
    if ((value & COUNT) <= LARGEST_COUNT) return value;
    const shown = (value >>> 0).toString(16);
    throw new ProcrefError("corrupt", `The ${this.#object.subject} is no count: 0x${shown}`);
  }

  #exchange(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cells, 0, expected, value) === expected;
  }

  post(units: number): void {
    for (let rest = units; rest > 0;) {
      const value = this.#checked(Atomics.load(this.#cells, 0));
      const count = value & COUNT;
      if (count + rest > LARGEST_COUNT) {
        throw new RangeError(`The ${this.#object.subject} counts to ${LARGEST_COUNT} at most`);
      }
      if (value !== WAITED) {
        if (this.#exchange(value, count + rest)) return;
        continue;
      }
      const part = Math.min(rest, MOST_IN_ONE_STEP);
      this.#object.system.addAndWake(this.word, part);
      pause("post:added");
      rest -= part;
    }
  }

  take(): boolean {
    for (;;) {
      const value = this.#checked(Atomics.load(this.#cells, 0));
      const count = value & COUNT;
      if (count === 0) return false;
      if (this.#exchange(value, count - 1)) return true;
    }
  }

  takeOrAnnounce(): "taken" | number {
    for (;;) {
      if (this.take()) return "taken";
      if (this.#exchange(0, WAITED) || Atomics.load(this.#cells, 0) === WAITED) return WAITED;
    }
  }

  threads(): [] {
    return [];
  }

  recover(): void {}
}
