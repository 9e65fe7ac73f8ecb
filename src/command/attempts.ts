import { ProcrefError } from "../../ffi/errors.ts";
import { sleep } from "../wait.ts";
import { checkBackoff, delayBefore } from "./backoff.ts";
import { isNotFound, isPermissionDenied } from "./errors.ts";
import type { RetryOptions } from "./types.ts";

const BACKOFF = 100; // ms; a command that is tried again comes back sooner than a supervised one

/**
 * Runs something until it succeeds or there is no attempt left; then the last result or error counts.
 *
 * @param run One attempt.
 * @param failure What is wrong with a result; undefined: nothing.
 * @param again Told before each pause.
 */
export async function attempts<T>(
  run: () => Promise<T>,
  failure: (result: T) => unknown,
  retry: RetryOptions,
  signal: AbortSignal | undefined,
  again: (attempt: number, error: unknown, pause: number) => void = () => {},
): Promise<T> {
  const { when = isWorthAnother } = retry;
  const backoff = checkBackoff({ backoff: BACKOFF, ...retry });
  for (let attempt = 1;; attempt++) {
    let settle: () => T;
    let error: unknown;
    try {
      const result = await run();
      settle = () => result;
      error = failure(result);
      if (error === undefined) return result;
    } catch (thrown) {
      error = thrown;
      settle = () => {
        throw thrown;
      };
    }
    const final = attempt >= retry.attempts || signal?.aborted || isMistake(error);
    if (final || !when(error)) return settle();
    const pause = delayBefore(attempt - 1, backoff);
    again(attempt, error, pause);
    await sleep(pause, signal);
  }
}

/** The same again would go wrong in the same way. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError ||
    (error instanceof ProcrefError && ["closed", "unsupported"].includes(error.code));
}

function isWorthAnother(error: unknown): boolean {
  return !isNotFound(error) && !isPermissionDenied(error);
}
