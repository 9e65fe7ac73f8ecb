// For tests only: the steps of a launcher at which it can be killed.

import { pauseAt } from "../pause.ts";

/** The steps at which a launcher can be stopped. */
export const PAUSE_POINTS = [
  "daemon:opened",
  "daemon:locked",
  "daemon:emptied",
  "daemon:launched",
  "daemon:started",
  "daemon:ready",
] as const;

/** The one that there is only where a daemon is told who it is. */
export const MAC_PAUSE_POINTS = ["daemon:asked"] as const;

/** Those that there are on Windows only, where a daemon exists before it runs. */
export const WINDOWS_PAUSE_POINTS = ["daemon:created", "daemon:named"] as const;

/** One of the steps. */
export type PausePoint =
  | typeof PAUSE_POINTS[number]
  | typeof MAC_PAUSE_POINTS[number]
  | typeof WINDOWS_PAUSE_POINTS[number];

/** Stops here if this is the chosen point and nobody has stopped there before. */
export function pause(point: PausePoint): void {
  pauseAt(point);
}
