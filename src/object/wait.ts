import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../ffi/windows/poller.ts";
import { unlessAborted } from "../wait.ts";

/**
 * Waits until one of several objects is signaled, and closes all handles.
 *
 * @throws The signal's reason, when it fires before.
 */
export async function whenAny(handles: readonly number[], signal: AbortSignal): Promise<void> {
  const waits = handles.map(whenSignaled);
  try {
    await unlessAborted(Promise.race(waits.map(({ done }) => done)), signal);
  } finally {
    for (const wait of waits) wait.cancel();
    await Promise.all(waits.map(({ done }) => done));
    handles.forEach(closeHandle);
  }
}

/** Waits for each of these processes, and closes the handles. @throws The signal's reason. */
export async function allEnded(handles: readonly number[], signal: AbortSignal): Promise<void> {
  const left = [...handles];
  try {
    for (let handle = left.shift(); handle !== undefined; handle = left.shift()) {
      await whenAny([handle], signal);
    }
  } finally {
    left.forEach(closeHandle);
  }
}
