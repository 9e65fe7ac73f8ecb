import type { RunEvent } from "./types.ts";

/** Tells somebody who only listens: what goes wrong there is no concern of the run. */
export function tell(listener: ((event: RunEvent) => void) | undefined, event: RunEvent): void {
  try {
    listener?.(event);
  } catch {
    // See above.
  }
}
