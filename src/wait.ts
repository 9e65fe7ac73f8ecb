import { TimeoutError } from "../ffi/errors.ts";
import type { Waiting } from "../ffi/types.ts";

/** How a wait may end early. */
export interface WaitOptions {
  /** Gives the wait up: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds until the wait rejects with a `TimeoutError`; `Infinity` means no limit.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
}

/** A wait's limit while it runs: `signal` fires at the caller's abort or at the timeout. */
export interface Limit extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A duration in milliseconds, checked.
 *
 * @throws {TypeError} It is not a number.
 * @throws {RangeError} It is NaN or negative.
 */
export function checkDuration(value: number, name: string): number {
  if (typeof value !== "number") throw new TypeError(`${name} must be a number of milliseconds`);
  if (!(value >= 0)) throw new RangeError(`${name} must be 0 or more milliseconds: ${value}`);
  return value;
}

/** For what is not given up half-way. */
export const NEVER: AbortSignal = new AbortController().signal;

/** setTimeout counts in a signed 32-bit integer; what is longer (24.8 days) is no limit in practice. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Starts the clock of a wait.
 *
 * @param options The caller's limits.
 * @param describe What is waited for, and who holds it: asked only when the time is over.
 */
export function limit(options: WaitOptions, describe: () => string): Limit {
  const { signal, timeout = Infinity } = options;
  checkDuration(timeout, "timeout");
  const controller = new AbortController();
  const give = () => controller.abort(signal?.reason);
  const expire = () =>
    controller.abort(new TimeoutError(`Timed out after ${timeout} ms waiting for ${describe()}`));
  if (signal?.aborted) give();
  signal?.addEventListener("abort", give, { once: true });
  const timer = timeout <= LONGEST_TIMER ? setTimeout(expire, timeout) : undefined;
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      // In Deno the first clearTimeout loads Node's timers, 4 ms: not for a timer that was never set.
      if (timer !== undefined) clearTimeout(timer);
      signal?.removeEventListener("abort", give);
    },
  };
}

/** Runs `body` within a limit. What has none needs no clock. */
export function within<T>(
  options: WaitOptions,
  describe: () => string,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeout } = options;
  const free = signal === undefined && timeout === undefined;
  return free ? body(NEVER) : limited(options, describe, body);
}

async function limited<T>(
  options: WaitOptions,
  describe: () => string,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using patience = limit(options, describe);
  patience.signal.throwIfAborted();
  return await body(patience.signal);
}

/** Resolves with the promise, or rejects with the signal's reason as soon as it fires. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * Waits for the kernel, or rejects with the signal's reason. Returns only when no other thread waits there any more:
 * before, what is waited for may not be closed, nor its number used anew.
 */
export async function waitOut(waiting: Waiting, signal: AbortSignal): Promise<void> {
  try {
    await unlessAborted(waiting.done, signal);
  } finally {
    waiting.cancel();
    // If it was refused, the wait above has said so, or was aborted before.
    await waiting.done.catch(() => {});
  }
}

/** Resolves after some milliseconds, or rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, Math.min(milliseconds, LONGEST_TIMER));
    signal?.addEventListener("abort", abort, { once: true });
  });
}
