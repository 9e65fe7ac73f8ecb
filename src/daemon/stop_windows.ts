// Windows has no request that every process would have to hear. A daemon that wants to be asked has an event with its
// pid and start time in its name; who has it set asks it to end. A daemon without one ends at once.

import { PermissionError, TimeoutError } from "../../ffi/errors.ts";
import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { whenSignaled } from "../../ffi/windows/poller.ts";
import { createEvent, openEvent, ownPrefix, setEvent, type Where } from "../object/named.ts";
import type { ProcessIdentity, ProcessTarget } from "../process/identity.ts";
import { stop, type StopOptions, waitForExit } from "../process/process.ts";

function whereOf({ pid, startTime }: ProcessIdentity): Where {
  return { name: `${ownPrefix()}-stop-${pid}-${startTime}`, subject: `for daemon ${pid}` };
}

/** Calls back when this process is asked to end. Returns what ends that. */
export function onStopRequest(self: ProcessIdentity, handler: () => void): () => void {
  const event = createEvent(whereOf(self));
  const waiting = whenSignaled(event);
  void waiting.done.then((asked) => {
    closeHandle(event);
    if (asked) handler();
  });
  return () => waiting.cancel();
}

/** What a process is asked by; undefined where it does not want to be, or not by this user. */
function eventOf(target: ProcessTarget): number | undefined {
  if (typeof target === "number") return undefined;
  try {
    return openEvent(whereOf(target));
  } catch (error) {
    if (error instanceof PermissionError) return undefined;
    throw error;
  }
}

/** As `stop()`: asks first, where the process wants to be asked. */
export async function stopOnWindows(
  target: ProcessTarget,
  options: StopOptions,
): Promise<"gone" | "terminated" | "killed"> {
  const { timeout = 5000, signal, request = "SIGTERM" } = options;
  const event = request === "SIGTERM" ? eventOf(target) : undefined;
  if (event === undefined) return await stop(target, options);
  signal?.throwIfAborted();
  setEvent(event);
  closeHandle(event);
  const end = signal === undefined ? {} : { signal };
  try {
    await waitForExit(target, { timeout, ...end });
    return "terminated";
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  const result = await stop(target, { request: "SIGKILL", ...end });
  return result === "gone" ? "terminated" : "killed";
}
