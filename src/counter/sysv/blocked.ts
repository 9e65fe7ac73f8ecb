// semtimedop(2) on another thread. SEM_UNDO belongs to the process, so what a pool thread takes stays taken
// when the thread goes. A blocked semop cannot be called off; it therefore blocks in slices, and one that
// succeeds after its caller has given up is taken back.

import { semtimedopElsewhere } from "../../../ffi/libc.ts";
import { sleep, unlessAborted } from "../../wait.ts";
import type { Operations } from "./layout.ts";
import type { Outcome, SemaphoreSet } from "./set.ts";

const SLICE = new Int32Array([0, 0, 100_000_000, 0]); // struct timespec: 100 ms

// Without semtimedop(2) a call that waits could never be called off: the semaphores are looked at again and again.
const TURN = 2; // ms

// Deno runs its own file work and ours on 32 threads together; more waits than this take turns.
const THREADS = 8;

let free = THREADS;
const queue: (() => void)[] = [];

async function turn<T>(body: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => queue.push(resolve));
  else free--;
  try {
    return await body();
  } finally {
    const next = queue.shift();
    if (next === undefined) free++;
    else next();
  }
}

/** What to wait for: how to try without waiting, how to wait, and how to take back what came too late. */
export interface Blocking {
  readonly attempt: Operations;
  readonly wait: Operations;
  /** Takes back the effect of `wait`; nothing, if it has none. */
  readonly undo: () => void;
}

/**
 * Waits for operations without blocking the event loop.
 *
 * @param set The semaphore set.
 * @param blocking The operations.
 * @param stillOurs Tells, after an attempt that failed, whether the slot is still the name's.
 * @param signal Gives up: the wait rejects with the signal's reason at once.
 * @returns `"gone"` when the set was removed; `"again"` when the slot is no longer the name's.
 */
export async function blocked(
  set: SemaphoreSet,
  blocking: Blocking,
  stillOurs: () => boolean,
  signal: AbortSignal,
): Promise<Outcome> {
  for (;;) {
    signal.throwIfAborted();
    // The errno of a call on another thread is lost: asking again, here, tells what its -1 meant.
    const outcome = set.attempt(blocking.attempt);
    if (outcome !== "again") return outcome;
    if (!stillOurs()) return "again";
    if (!set.manner.timed) {
      await sleep(TURN, signal);
      continue;
    }
    const { bytes, length } = blocking.wait;
    const slice = turn(async () =>
      !signal.aborted && await semtimedopElsewhere()(set.id, bytes, length, SLICE) === 0
    );
    try {
      if (await unlessAborted(slice, signal)) return "done";
    } catch (error) {
      slice.then((late) => late && blocking.undo(), () => {});
      throw error;
    }
  }
}
