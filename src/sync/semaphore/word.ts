import { ProcrefError } from "../../../ffi/errors.ts";
import { Line } from "../lock/line.ts";
import type { SharedObject } from "../shared_object.ts";
import type { ThreadTag, Word } from "../system.ts";

/** Somebody sleeps on this very value, or is about to. */
export const WAITED = 1 << 31;

/** The word of a semaphore in mapped memory, as its kind understands it. */
export abstract class SemaphoreWord {
  /** What the word is in. */
  readonly object: SharedObject;
  /** Who waits through this object. */
  readonly line = new Line();
  readonly #cells: Int32Array;
  #word: Word | undefined;

  /** @param object Its payload begins with the word. */
  constructor(object: SharedObject) {
    this.object = object;
    this.#cells = new Int32Array(object.payload, 0, 1);
  }

  /** The word as a place to sleep. */
  get word(): Word {
    return this.#word ??= this.object.system.word(this.#cells, 0);
  }

  /** The units there are. */
  abstract get value(): number;

  /** Takes one unit if there is one: no system call. */
  abstract take(): boolean;

  /** Takes one unit, or returns the value to sleep on, having announced that. */
  abstract takeOrAnnounce(): "taken" | number;

  /** Who might die while the word has this value, so that it would never change. */
  threads(_value: number): ThreadTag[] {
    return [];
  }

  /** Undoes what that thread began. */
  recover(_value: number): void {}

  protected load(): number {
    return Atomics.load(this.#cells, 0);
  }

  protected exchange(expected: number, value: number): boolean {
    return Atomics.compareExchange(this.#cells, 0, expected, value) === expected;
  }

  /** @param problem What is wrong with the value: `is no count`. */
  protected corrupt(problem: string, value: number): ProcrefError {
    const shown = `0x${(value >>> 0).toString(16)}`;
    return new ProcrefError("corrupt", `The ${this.object.subject} ${problem}: ${shown}`);
  }
}
