/**
 * Processes, named so that a reused pid is never mistaken for the one that had it before: are they alive, wait
 * for their end, stop them.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { identify, stop, waitForExit } from "@procref/procref/process";
 *
 * const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
 * const identity = identify(child.pid);
 * if (identity) {
 *   const ended = waitForExit(identity);
 *   console.log(await stop(identity)); // "terminated"
 *   await ended;
 * }
 * await child.status;
 * ```
 *
 * @module
 */

export * from "../../ffi/errors.ts";
export type { ProcessIdentity, ProcessTarget } from "./identity.ts";
export { isCi } from "./is_ci.ts";
export { identify, isAlive } from "./alive.ts";
export { kill, sendSignal, stop, type StopOptions, terminate, waitForExit } from "./process.ts";
export { type SignalName, signalName, signalNumber, signals } from "./signals.ts";
export type { WaitOptions } from "../wait.ts";
export { onStopRequest } from "./stop_request.ts";
export { which, type WhichOptions } from "./which.ts";
