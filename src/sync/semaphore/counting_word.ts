// The word counts units; WAITED says that somebody sleeps on "0 and WAITED", or is about to. A post to that value
// is one FUTEX_WAKE_OP, so that no death can come between the unit and the wake-up, and wakes all: whoever of them
// survives takes the unit. Above 0 nobody sleeps unwoken, so whoever takes or posts there may wipe WAITED.

import { pause } from "../pause.ts";
import { SemaphoreWord, WAITED } from "./word.ts";

const COUNT = 0x7fff_ffff;
/** The largest value, far below what a race of posts could carry into the flag. */
export const LARGEST_COUNT = 2 ** 30;
const MOST_IN_ONE_STEP = 2047;

export class CountingWord extends SemaphoreWord {
  override get value(): number {
    return this.#state() & COUNT;
  }

  #state(): number {
    const value = this.load();
    if ((value & COUNT) <= LARGEST_COUNT) return value;
    throw this.corrupt("is no count", value);
  }

  post(units: number): void {
    for (let rest = units; rest > 0;) {
      const value = this.#state();
      const count = value & COUNT;
      if (count + rest > LARGEST_COUNT) {
        throw new RangeError(`The ${this.object.subject} counts to ${LARGEST_COUNT} at most`);
      }
      if (value !== WAITED) {
        if (this.exchange(value, count + rest)) return;
        continue;
      }
      const part = Math.min(rest, MOST_IN_ONE_STEP);
      this.object.system.addAndWake(this.word, part);
      pause("post:added");
      rest -= part;
    }
  }

  override take(): boolean {
    for (;;) {
      const value = this.#state();
      const count = value & COUNT;
      if (count === 0) return false;
      if (this.exchange(value, count - 1)) return true;
    }
  }

  override takeOrAnnounce(): "taken" | number {
    for (;;) {
      if (this.take()) return "taken";
      if (this.exchange(0, WAITED) || this.load() === WAITED) return WAITED;
    }
  }
}
