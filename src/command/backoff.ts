import { checkDuration } from "../wait.ts";

/** How long to wait before trying again. */
export interface Backoff {
  /**
   * Milliseconds before the first new try.
   *
   * @default {200}
   */
  readonly backoff?: number;
  /**
   * What each further wait is multiplied by, 1 or more.
   *
   * @default {2}
   */
  readonly factor?: number;
  /**
   * Milliseconds that no wait exceeds before jitter.
   *
   * @default {30_000}
   */
  readonly maxBackoff?: number;
  /**
   * Multiplies each wait by a random number in [0.5, 1.5), so that many that failed together do not all come back
   * at the same moment.
   *
   * @default {true}
   */
  readonly jitter?: boolean;
}

const BACKOFF = 200;
const FACTOR = 2;
const MAX_BACKOFF = 30_000;

/** A backoff with nothing left out, checked. @throws {TypeError | RangeError} */
export function checkBackoff(options: Backoff): Required<Backoff> {
  const { backoff = BACKOFF, factor = FACTOR, maxBackoff = MAX_BACKOFF, jitter = true } = options;
  checkDuration(backoff, "backoff");
  checkDuration(maxBackoff, "maxBackoff");
  if (typeof factor !== "number") throw new TypeError("factor must be a number");
  if (!(factor >= 1)) throw new RangeError(`factor must be 1 or more: ${factor}`);
  if (typeof jitter !== "boolean") throw new TypeError("jitter must be true or false");
  return { backoff, factor, maxBackoff, jitter };
}

/**
 * The milliseconds before a new try.
 *
 * @param tries How many new tries there were before this one.
 * @param random A number in [0, 1).
 */
export function delayBefore(
  tries: number,
  { backoff, factor, maxBackoff, jitter }: Required<Backoff>,
  random: () => number = Math.random,
): number {
  // 0 times Infinity, as it comes of a long series, is no number.
  const grown = backoff === 0 ? 0 : backoff * factor ** tries;
  return jittered(Math.min(grown, maxBackoff), jitter, random);
}

/** A duration with jitter, if it is to have one. */
export function jittered(
  milliseconds: number,
  jitter: boolean,
  random: () => number = Math.random,
): number {
  return jitter && milliseconds > 0 ? milliseconds * (0.5 + random()) : milliseconds;
}
