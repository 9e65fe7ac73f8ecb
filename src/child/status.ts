import { type SignalName, signalName, signalNumber } from "../process/signals.ts";
import type { Ending } from "../runtime/children/mod.ts";

/** How a child ended. */
export interface ExitStatus {
  /** True for code 0. */
  readonly success: boolean;
  /** The exit code, 0 to 255; null if a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null if it exited. A real-time signal has no name: code is 128 + its number then. */
  readonly signal: SignalName | null;
}

// What a shell adds to a signal's number.
const SIGNAL_BASE = 128;

/**
 * Makes an exit status without a process, for test doubles.
 *
 * @param code An exit code from 0 to 255 (Windows: up to 2^32 - 1), or the name of a signal.
 * @throws {RangeError} The code is out of range.
 * @throws {TypeError} No signal of this platform has that name.
 *
 * @example
 * ```ts
 * import { exitStatus } from "@procref/procref/child";
 *
 * console.log(exitStatus(0).success); // true
 * console.log(exitStatus("SIGTERM").signal); // "SIGTERM"
 * ```
 */
export function exitStatus(code: number | SignalName): ExitStatus {
  if (typeof code === "number") {
    if (!Number.isInteger(code) || code < 0 || code > 0xffffffff) {
      throw new RangeError(`An exit code is an integer of 0 or more: ${code}`);
    }
    return { success: code === 0, code, signal: null };
  }
  if (typeof code !== "string" || signalNumber(code) === undefined) {
    throw new TypeError(`No signal of this platform: ${String(code)}`);
  }
  return { success: false, code: null, signal: code };
}

/** The status as two numbers, for memory that threads share: a code or -1, a signal or 0. */
export type StatusWords = readonly [code: number, signal: number];

/** What a runtime reported, as numbers. */
export function wordsOf({ code, signal }: Ending): StatusWords {
  if (typeof signal === "number") return [-1, signal];
  const number = signal === null ? undefined : signalNumber(signal);
  return number === undefined ? [code ?? SIGNAL_BASE, 0] : [-1, number];
}

/** The status that the numbers stand for. */
export function statusOfWords([code, signal]: StatusWords): ExitStatus {
  if (signal === 0) return exitStatus(code >>> 0);
  const name = signalName(signal);
  return name === undefined ? exitStatus(SIGNAL_BASE + signal) : exitStatus(name);
}
