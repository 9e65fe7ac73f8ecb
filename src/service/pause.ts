// For tests only: `PROCREF_PAUSE=point` in the environment stops the process (SIGSTOP) when it reaches that
// point, so that a test can kill it exactly there.

import { processes } from "../../ffi/libc.ts";
import { initialEnvironment } from "../runtime/process_files.ts";

const SIGSTOP = 19;

let chosen: string | undefined;

/** The steps at which a process can be stopped. */
export const PAUSE_POINTS = [
  "acquire:guardian-made",
  "acquire:entered",
  "acquire:attached",
  "acquire:started",
  "acquire:unlocked",
  "written:starting",
  "written:recovering",
  "written:running",
  "written:stopping",
  "release:left",
  "release:stopped",
  "release:erased",
  "release:removed",
  "pass:begun",
  "pass:locked",
  "pass:idle-written",
  "pass:stopping-written",
  "pass:stopped",
  "pass:erased",
  "pass:removed",
] as const;

/** One of the steps. */
export type PausePoint = typeof PAUSE_POINTS[number];

/** Stops here if this is the chosen point. */
export function pause(point: PausePoint): void {
  chosen ??= initialEnvironment()["PROCREF_PAUSE"] ?? "";
  if (chosen === point) processes().kill(processes().getpid(), SIGSTOP);
}
