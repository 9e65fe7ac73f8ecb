import { UnsupportedError } from "../../ffi/errors.ts";
import { runtime } from "../runtime/mod.ts";
import type { ProcessTarget } from "./identity.ts";
import { linux } from "./linux.ts";

/** A process held by a kernel handle: nothing done through it can reach another process. */
export interface HeldProcess {
  /** Sends a signal by number; false when the process has ended. @throws {SystemError} */
  signal(number: number): boolean;
  /** Windows: asks it to end, unless by SIGKILL; false when it does not listen for that. @throws {SystemError} */
  ask?(number: number): boolean;
  /** True as soon as it has ended, reaped or not. */
  ended(): boolean;
  /** Resolves when it has ended; rejects with the signal's reason before. */
  whenEnded(signal: AbortSignal): Promise<void>;
  /** Gives the handle back. */
  close(): void;
}

/** What a system must offer for the functions of `./process`. */
export interface ProcessSystem {
  /** The start time of a living process; undefined where there is none (a zombie is none). */
  startTime(pid: number): string | undefined;
  /** True while the pid names a living process, whoever owns it. */
  isAlive(pid: number): boolean;
  /** Takes hold of the target; undefined when it is gone. @throws {SystemError} */
  hold(target: ProcessTarget): HeldProcess | undefined;
  /** Windows: calls back when this process is asked to end. Returns what ends that. @throws {SystemError} */
  listen?(asked: () => void): () => void;
}

// Another system's way is loaded only there.
const darwin = runtime.platform === "darwin" ? (await import("./darwin.ts")).darwin : undefined;
const windows = runtime.platform === "windows" ? (await import("./windows.ts")).windows : undefined;

/** This system's processes. */
export function processSystem(): ProcessSystem {
  if (runtime.platform === "linux") return linux;
  if (windows !== undefined) return windows;
  if (darwin !== undefined) return darwin;
  throw new UnsupportedError("Looking at processes", runtime.platform);
}
