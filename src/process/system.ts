import { elsewhere } from "./elsewhere.ts";
import { linux } from "./linux.ts";

/** What a system must offer for a look at processes. What it takes to reach one is in held.ts. */
export interface ProcessSystem {
  /** The start time of a living process; undefined where there is none (a zombie is none). */
  startTime(pid: number): string | undefined;
  /** True while the pid names a living process, whoever owns it. */
  isAlive(pid: number): boolean;
}

/** This system's processes. */
export const processSystem: ProcessSystem = elsewhere ?? linux;
