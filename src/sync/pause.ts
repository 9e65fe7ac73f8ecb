// For tests only: `PROCREF_PAUSE=point` in the environment stops the process (SIGSTOP) when it reaches that
// point, so that a test can kill it exactly there.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { processes } from "../../ffi/libc.ts";
import { runtime } from "../runtime/mod.ts";

// Another system's way is loaded only there.
const windows = runtime.platform === "windows" ? await import("../object/stop.ts") : undefined;

let chosen: string | undefined;

/** False once it is known that no point is chosen: what a fast path asks before it calls. */
export let pausing = true;

/** The instants between two atomic steps at which a process can be stopped. */
export const PAUSE_POINTS = [
  "lock:taken",
  "lock:announced",
  "lock:asked",
  "unlock:erased",
  "unlock:handed",
  "post:claimed",
  "post:added",
  "condition:claimed",
  "condition:registered",
  "condition:unlocked",
  "condition:granted",
  "condition:taken-over",
  "condition:relocked",
  "condition:left",
] as const;

/** One of the instants. */
export type PausePoint = typeof PAUSE_POINTS[number];

/** Stops here if this is the chosen point. */
export function pause(point: PausePoint): void {
  chosen ??= runtime.variable("PROCREF_PAUSE")?.split(" ")[0] ?? "";
  pausing = chosen !== "";
  if (chosen !== point) return;
  if (windows !== undefined) windows.stopHere();
  else processes().kill(processes().getpid(), POSIX.SIGSTOP);
}
