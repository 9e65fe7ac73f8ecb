// A pause far below a millisecond. A timer of 0 ms takes 1 to 2 ms, and turns without a pause take the CPU that a
// launcher needs.

import { trees, usleepElsewhere } from "../../../ffi/libc_children.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";

const PAUSE = 50; // microseconds
/** Lets the launcher work, and whoever else waits for a turn. */
export async function briefPause(): Promise<void> {
  // Deno sleeps on a pool thread, its event loop meanwhile as well: a tenth less for a start than turn by turn. Bun,
  // which seldom needs a launcher, would have to start a Worker for it.
  if (!runtimeChildren.startsInCgroup) await usleepElsewhere()(PAUSE);
  else {
    trees().usleep(PAUSE);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
