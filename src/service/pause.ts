// For tests only: the steps of the protocol at which a process can be killed.

import { pauseAt } from "../pause.ts";

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

/** Stops here if this is the chosen point and nobody has stopped there before. */
export function pause(point: PausePoint): void {
  pauseAt(point);
}
