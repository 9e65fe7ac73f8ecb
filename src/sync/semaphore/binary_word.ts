// The word is 0, 1, WAITED (0, and somebody sleeps on this value or is about to), or names the thread that is
// posting. A post to WAITED takes two steps, so that of two that race one fails: it writes its name first, and
// then 1 with a FUTEX_WAKE_OP. If its thread dies in between, it has not posted: the next one undoes its step.

import { ProcrefError } from "../../../ffi/errors.ts";
import { hasEnded } from "../lock/watch.ts";
import { Line } from "../lock/line.ts";
import { pause } from "../pause.ts";
import type { SharedObject } from "../shared_object.ts";
import type { ThreadTag, Word } from "../system.ts";
import type { SemaphoreWord } from "./wait.ts";

const WAITED = 1 << 31;
const POSTING = 1 << 30;
const TAG = POSTING - 1;

export class BinaryWord implements SemaphoreWord {
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
    return this.#load() === 1 ? 1 : 0;
  }

  #load(): number {
    const value = Atomics.load(this.#cells, 0);
    if (value === 0 || value === 1 || value === WAITED) return value;
    if ((value & WAITED) === 0 && (value & POSTING) !== 0 && (value & TAG) !== 0) return value;
    const shown = (value >>> 0).toString(16);
    throw new ProcrefError("corrupt", `The ${this.#object.subject} is neither 0 nor 1: 0x${shown}`);
  }

  #exchange(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cells, 0, expected, value) === expected;
  }

  /** False: it was 1 already, or somebody else was just making it so. */
  post(): boolean {
    const { system } = this.#object;
    const name = POSTING | system.self().tag;
    for (;;) {
      const value = this.#load();
      if (value === 1) return false;
      if (value === 0) {
        if (this.#exchange(0, 1)) return true;
        continue;
      }
      if (value !== WAITED) {
        if (!hasEnded(system, { tag: value & TAG })) return false;
        this.recover(value);
        continue;
      }
      if (!this.#exchange(WAITED, name)) continue;
      pause("post:claimed");
      system.setAndWake(this.word, 1);
      pause("post:added");
      return true;
    }
  }

  take(): boolean {
    return Atomics.compareExchange(this.#cells, 0, 1, 0) === 1;
  }

  takeOrAnnounce(): "taken" | number {
    for (;;) {
      if (this.take()) return "taken";
      const value = this.#load();
      if (value === WAITED || (value & POSTING) !== 0) return value;
      if (value === 0 && this.#exchange(0, WAITED)) return WAITED;
    }
  }

  threads(value: number): ThreadTag[] {
    return (value & POSTING) === 0 ? [] : [{ tag: value & TAG }];
  }

  /** Undoes the first step of a post whose thread has ended. */
  recover(value: number): void {
    this.#exchange(value, WAITED);
  }
}
