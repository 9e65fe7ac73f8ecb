import { elsewhere } from "./elsewhere.ts";
import type { ProcessTarget } from "./identity.ts";
import { hold } from "./pidfd.ts";

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

/** What a system must offer to reach processes, and to be reached. */
export interface HoldingSystem {
  /** Takes hold of the target; undefined when it is gone. @throws {SystemError} */
  hold(target: ProcessTarget): HeldProcess | undefined;
  /** Windows: calls back when this process is asked to end. Returns what ends that. @throws {SystemError} */
  listen?(asked: () => void): () => void;
}

/** This system's way to reach processes. */
export const holdingSystem: HoldingSystem = elsewhere ?? { hold };
