import { type Platform, platform } from "../../ffi/platform.ts";

/** The name of a signal, on any of the systems. */
export type SignalName =
  | "SIGABRT"
  | "SIGALRM"
  | "SIGBREAK"
  | "SIGBUS"
  | "SIGCHLD"
  | "SIGCONT"
  | "SIGEMT"
  | "SIGFPE"
  | "SIGHUP"
  | "SIGILL"
  | "SIGINFO"
  | "SIGINT"
  | "SIGIO"
  | "SIGKILL"
  | "SIGPIPE"
  | "SIGPROF"
  | "SIGPWR"
  | "SIGQUIT"
  | "SIGSEGV"
  | "SIGSTKFLT"
  | "SIGSTOP"
  | "SIGSYS"
  | "SIGTERM"
  | "SIGTRAP"
  | "SIGTSTP"
  | "SIGTTIN"
  | "SIGTTOU"
  | "SIGURG"
  | "SIGUSR1"
  | "SIGUSR2"
  | "SIGVTALRM"
  | "SIGWINCH"
  | "SIGXCPU"
  | "SIGXFSZ";

type Table = Partial<Readonly<Record<SignalName, number>>>;

// signal(7) for Linux on x86-64 and Arm; <sys/signal.h> for macOS; what the C runtime of Windows knows.
const LINUX: Table = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

const DARWIN: Table = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGEMT: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGBUS: 10,
  SIGSEGV: 11,
  SIGSYS: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGURG: 16,
  SIGSTOP: 17,
  SIGTSTP: 18,
  SIGCONT: 19,
  SIGCHLD: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGIO: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGINFO: 29,
  SIGUSR1: 30,
  SIGUSR2: 31,
};

const WINDOWS: Table = {
  SIGINT: 2,
  SIGILL: 4,
  SIGABRT: 22,
  SIGBREAK: 21,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
};

const TABLES: Record<Platform, Table> = {
  linux: LINUX,
  darwin: DARWIN,
  windows: WINDOWS,
};

/** The numbers of a platform's signals, by name. */
export function signalNumbers(system: Platform): Readonly<Record<string, number>> {
  return TABLES[system];
}

function table(): Table {
  return TABLES[platform];
}

/** True for the name of a signal of this platform. */
export function isSignalName(name: string): name is SignalName {
  return Object.hasOwn(table(), name);
}

/**
 * The signals of this platform, in the order of their numbers.
 *
 * @example
 * ```ts
 * import { signals } from "@procref/procref/process";
 *
 * console.log(signals().includes("SIGTERM")); // true
 * ```
 */
export function signals(): readonly SignalName[] {
  return Object.keys(table()).filter(isSignalName).sort((a, b) =>
    (table()[a] ?? 0) - (table()[b] ?? 0)
  );
}

/**
 * This platform's number for a signal (signal(7)).
 *
 * @param name For example `"SIGTERM"`.
 * @returns For example 15; undefined where the platform has no such signal.
 *
 * @example
 * ```ts
 * import { signalNumber } from "@procref/procref/process";
 *
 * console.log(signalNumber("SIGTERM"), signalNumber("SIGWHATEVER")); // 15 undefined
 * ```
 */
export function signalNumber(name: string): number | undefined {
  return isSignalName(name) ? table()[name] : undefined;
}

/**
 * The name of a signal number on this platform (signal(7)).
 *
 * @param number For example 15.
 * @returns For example `"SIGTERM"`; undefined where the number is none, or a real-time signal.
 *
 * @example
 * ```ts
 * import { signalName } from "@procref/procref/process";
 *
 * console.log(signalName(9), signalName(0)); // "SIGKILL" undefined
 * ```
 */
export function signalName(number: number): SignalName | undefined {
  return signals().find((name) => table()[name] === number);
}

/**
 * A signal's number, checked.
 *
 * @throws {TypeError} The name is none of this platform's.
 * @throws {RangeError} The number is not an integer from 0 to 64. (0 only asks whether a signal could be sent.)
 */
export function checkSignal(signal: SignalName | number): number {
  if (typeof signal === "number") {
    if (Number.isInteger(signal) && signal >= 0 && signal <= 64) return signal;
    throw new RangeError(`A signal is an integer from 0 to 64: ${signal}`);
  }
  const number = typeof signal === "string" ? signalNumber(signal) : undefined;
  if (number === undefined) throw new TypeError(`No signal of this platform: ${String(signal)}`);
  return number;
}
