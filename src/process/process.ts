import { limit, NEVER, type WaitOptions } from "../wait.ts";
import { checkTarget, describeTarget, type ProcessTarget } from "./identity.ts";
import { checkSignal, type SignalName } from "./signals.ts";
import { holdingSystem } from "./held.ts";

/**
 * Sends a signal. With an identity it can reach only that very process: it is held by a pidfd first, and
 * compared then (pidfd_send_signal(2)). On Windows every signal ends the process at once, with an exit code by which
 * `SharedChild` tells the signal.
 *
 * @param target A pid, or an identity.
 * @param signal A name of this platform, or a number; 0 sends nothing and only asks.
 * @returns False when the process had already ended.
 * @throws {RangeError} The pid is not a positive integer, or the number no signal.
 * @throws {TypeError} The name is no signal of this platform.
 * @throws {SystemError} It may not be signalled (EPERM).
 *
 * @example
 * ```ts
 * import { sendSignal } from "@procref/procref/process";
 *
 * const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
 * console.log(sendSignal(child.pid, 0)); // true: it could be signalled
 * sendSignal(child.pid, "SIGHUP");
 * console.log((await child.status).signal); // "SIGHUP"
 * ```
 */
export function sendSignal(target: ProcessTarget, signal: SignalName | number): boolean {
  checkTarget(target);
  const number = checkSignal(signal);
  const process = holdingSystem.hold(target);
  if (process === undefined) return false;
  try {
    return process.signal(number);
  } finally {
    process.close();
  }
}

/**
 * Asks a process to end: SIGTERM. Windows has no request that every process would hear: there it ends at once; `stop()`
 * asks those that listen.
 *
 * @param target A pid, or an identity.
 * @returns False when it had already ended.
 * @throws {RangeError} The pid is not a positive integer.
 * @throws {SystemError} It may not be signalled (EPERM).
 *
 * @example
 * ```ts
 * import { terminate } from "@procref/procref/process";
 *
 * const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
 * terminate(child.pid);
 * console.log((await child.status).signal, terminate(child.pid)); // "SIGTERM" false
 * ```
 */
export function terminate(target: ProcessTarget): boolean {
  return sendSignal(target, "SIGTERM");
}

/**
 * Ends a process at once: SIGKILL, on Windows TerminateProcess.
 *
 * @param target A pid, or an identity.
 * @returns False when it had already ended.
 * @throws {RangeError} The pid is not a positive integer.
 * @throws {SystemError} It may not be signalled (EPERM).
 *
 * @example
 * ```ts
 * import { kill } from "@procref/procref/process";
 *
 * const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
 * kill(child.pid);
 * console.log((await child.status).signal, kill(child.pid)); // "SIGKILL" false
 * ```
 */
export function kill(target: ProcessTarget): boolean {
  return sendSignal(target, "SIGKILL");
}

/** How a process is stopped. */
export interface StopOptions {
  /**
   * Milliseconds from the request to the SIGKILL.
   *
   * @default {5000}
   */
  readonly timeout?: number;
  /** Gives up waiting; the process is then left with the request only. */
  readonly signal?: AbortSignal;
  /**
   * The request.
   *
   * @default {"SIGTERM"}
   */
  readonly request?: SignalName;
}

/**
 * Stops a process: asks it, waits for it, and kills it if it doesn't obey in time. Resolves when it has ended.
 *
 * On Windows a process of this user and session that has called `onStopRequest()` is asked, whatever the request is but
 * SIGKILL; any other one ends at once, which is `"terminated"` as well.
 *
 * @param target A pid, or an identity. A pid is turned into a pidfd first: the SIGKILL cannot hit a later owner.
 * @param options How long to wait, and what to ask with.
 * @returns `"gone"`: it had already ended; `"terminated"`: it obeyed; `"killed"`: it had to be.
 * @throws {RangeError} The pid is not a positive integer, or the timeout negative or NaN.
 * @throws {SystemError} It may not be signalled (EPERM).
 *
 * @example
 * ```ts
 * import { stop } from "@procref/procref/process";
 *
 * const obedient = new Deno.Command("sleep", { args: ["60"] }).spawn();
 * console.log(await stop(obedient.pid, { timeout: 2000 }), await stop(obedient.pid)); // "terminated" "gone"
 * await obedient.status;
 * ```
 */
export async function stop(
  target: ProcessTarget,
  options: StopOptions = {},
): Promise<"gone" | "terminated" | "killed"> {
  checkTarget(target);
  const { timeout = 5000, signal, request = "SIGTERM" } = options;
  using patience = limit({ timeout }, () => `the end of ${describeTarget(target)}`);
  const unlimited = signal ?? NEVER;
  unlimited.throwIfAborted();
  const process = holdingSystem.hold(target);
  if (process === undefined) return "gone";
  try {
    const number = checkSignal(request);
    if (!process.ask?.(number) && !process.signal(number)) return "gone";
    try {
      await process.whenEnded(AbortSignal.any([patience.signal, unlimited]));
      return "terminated";
    } catch (error) {
      if (unlimited.aborted) throw error;
    }
    const killed = process.signal(checkSignal("SIGKILL"));
    await process.whenEnded(unlimited);
    return killed ? "killed" : "terminated";
  } finally {
    process.close();
  }
}

/**
 * Waits until a process has ended: any process, not only a child. The kernel tells; nothing is polled.
 *
 * @param target A pid, or an identity. One that is already gone resolves at once; so does a zombie.
 * @param options Timeout and AbortSignal.
 * @throws {TimeoutError} It still lives after `timeout` milliseconds.
 * @throws {RangeError} The pid is not a positive integer, or the timeout negative or NaN.
 *
 * @example
 * ```ts
 * import { waitForExit } from "@procref/procref/process";
 *
 * const child = new Deno.Command("sleep", { args: ["0.1"] }).spawn();
 * await waitForExit(child.pid, { timeout: 5000 });
 * await child.status;
 * ```
 */
export async function waitForExit(target: ProcessTarget, options: WaitOptions = {}): Promise<void> {
  checkTarget(target);
  using patience = limit(options, () => `the end of ${describeTarget(target)}`);
  patience.signal.throwIfAborted();
  const process = holdingSystem.hold(target);
  if (process === undefined) return;
  try {
    await process.whenEnded(patience.signal);
  } finally {
    process.close();
  }
}
