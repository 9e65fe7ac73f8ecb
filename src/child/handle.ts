import { sleep, unlessAborted } from "../wait.ts";
import type { ChildMemory } from "./memory.ts";
import { childSystem } from "./system.ts";

/**
 * A child as other threads of this process may have it: structured-cloneable. Its fields are procref's own
 * business; only `SharedChild.attach()` knows what they mean.
 */
export interface SharedChildHandle {
  /** The process id. */
  readonly pid: number;
  /** The kernel's handle, which all threads of a process share. */
  readonly descriptor: number;
  /** The status, and who uses the handle at this moment. */
  readonly memory: SharedArrayBuffer;
}

// ms that the thread which started a child has to tell its status, counted from the end
const GRACE = 1000;

/**
 * Waits in a thread that did not start the child. The kernel tells of the end, the thread that reaped the child
 * tells the status a moment later; if that thread is gone, the wait ends without.
 *
 * @param look Looks at the status before it is told, where that is possible.
 * @param descriptor A handle of this wait's own, which it closes; undefined: the child has ended already.
 */
export async function attachedWait(
  pid: number,
  descriptor: number | undefined,
  memory: ChildMemory,
  look: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (descriptor !== undefined) {
    const held = childSystem().held(pid, descriptor);
    try {
      await held.whenEnded(signal);
    } finally {
      held.close();
    }
  }
  if (look()) return;
  // The timer also holds the process alive, which a wait on shared memory does not.
  const over = new AbortController();
  const patience = AbortSignal.any([over.signal, signal]);
  const grace = sleep(GRACE, patience).catch(() => {});
  await unlessAborted(Promise.race([memory.known(), grace]), signal).finally(() => over.abort());
}
