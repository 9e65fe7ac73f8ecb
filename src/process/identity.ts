/**
 * A process that cannot be mistaken for a later one with the same pid.
 *
 * On Linux the start time is field 22 of `/proc/PID/stat` (proc(5)): clock ticks since boot, 10 ms each. On macOS it is
 * a time in microseconds (sysctl(3), `KERN_PROC_PID`), on Windows the creation time in units of 100 ns
 * (GetProcessTimes).
 */
export interface ProcessIdentity {
  /** The process id. */
  readonly pid: number;
  /** When it started, in this system's own unit: compare it, don't compute with it. */
  readonly startTime: string;
}

/** A process by number, or by identity where it must not be another one that got the same number later. */
export type ProcessTarget = number | ProcessIdentity;

/** pid_t is a signed 32-bit integer everywhere. */
export const LARGEST_PID = 2 ** 31 - 1;

/**
 * The target's pid, checked.
 *
 * @throws {TypeError} It is neither a number nor an identity.
 * @throws {RangeError} The pid is not an integer from 1 to 2^31 - 1. (To kill(2), 0 and negatives mean groups.)
 */
export function checkTarget(target: ProcessTarget): number {
  const pid: unknown = typeof target === "object" && target !== null ? target.pid : target;
  if (typeof pid !== "number") throw new TypeError(`A process is a pid or an identity: ${pid}`);
  if (!Number.isInteger(pid) || pid <= 0 || pid > LARGEST_PID) {
    throw new RangeError(`A pid is a positive integer: ${pid}`);
  }
  if (typeof target === "object" && typeof target.startTime !== "string") {
    throw new TypeError("An identity's startTime is a string");
  }
  return pid;
}

/** `pid 4711`, with the start time where it is known: for messages. */
export function describeTarget(target: ProcessTarget): string {
  return typeof target === "number"
    ? `pid ${target}`
    : `pid ${target.pid} (started ${target.startTime})`;
}
