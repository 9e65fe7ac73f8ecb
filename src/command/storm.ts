import { checkDuration } from "../wait.ts";

/**
 * Tells a program that crashes again and again from one that crashes now and then: each failure adds 1 to a score
 * that halves with time, and above a threshold there is one long pause.
 */
export interface StormGuard {
  /** Milliseconds of the pause; jitter applies. */
  readonly pause: number;
  /**
   * The score that must be exceeded.
   *
   * @default {5}
   */
  readonly threshold?: number;
  /**
   * Milliseconds in which the score halves.
   *
   * @default {30_000}
   */
  readonly halfLife?: number;
}

const THRESHOLD = 5;
const HALF_LIFE = 30_000;

/** The score of a run. */
export class Storm {
  readonly pause: number;
  readonly #threshold: number;
  readonly #halfLife: number;
  #score = 0;
  #last = 0;

  /** @throws {TypeError | RangeError} */
  constructor({ pause, threshold = THRESHOLD, halfLife = HALF_LIFE }: StormGuard) {
    this.pause = checkDuration(pause, "stormGuard.pause");
    if (typeof threshold !== "number") throw new TypeError("stormGuard.threshold must be a number");
    if (!(threshold > 0)) throw new RangeError(`stormGuard.threshold must exceed 0: ${threshold}`);
    if (checkDuration(halfLife, "stormGuard.halfLife") === 0) {
      throw new RangeError("stormGuard.halfLife must exceed 0");
    }
    this.#threshold = threshold;
    this.#halfLife = halfLife;
  }

  /** Counts a failure at a time in milliseconds; true, and everything is forgotten, if this is a storm. */
  failed(now: number): boolean {
    const decay = 0.5 ** ((now - this.#last) / this.#halfLife);
    this.#score = this.#score * decay + 1;
    this.#last = now;
    if (this.#score <= this.#threshold) return false;
    this.#score = 0;
    return true;
  }
}
