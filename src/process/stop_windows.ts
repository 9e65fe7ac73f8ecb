// Windows has no request that every process would have to hear. A process that wants to be asked to end has an event
// with its pid and start time in its name, which this user alone may open; who has it set asks.

import { PermissionError } from "../../ffi/errors.ts";
import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { isSignaled, whenSignaled } from "../../ffi/windows/poller.ts";
import { createEvent, openEvent, ownPrefix, setEvent, type Where } from "../object/named.ts";
import type { ProcessIdentity } from "./identity.ts";

function whereOf({ pid, startTime }: ProcessIdentity): Where {
  return { name: `${ownPrefix()}-stop-${pid}-${startTime}`, subject: `for stops of pid ${pid}` };
}

/** Calls back when this process is asked to end. Returns what ends that. @throws {PermissionError | SystemError} */
export function whenAskedToEnd(self: ProcessIdentity, asked: () => void): () => void {
  const event = createEvent(whereOf(self));
  const waiting = whenSignaled(event);
  void waiting.done.then(() => {
    // Even if that has ended: until this instant the event was there to be found. It stays for whoever asks again, and
    // would otherwise take this process for one that does not listen.
    if (isSignaled(event)) asked();
    else closeHandle(event);
  });
  return () => waiting.cancel();
}

/** Asks a process to end; false where it does not want to be asked, or not by this user. @throws {SystemError} */
export function askToEnd(target: ProcessIdentity): boolean {
  const event = eventOf(target);
  if (event === undefined) return false;
  try {
    setEvent(event);
    return true;
  } finally {
    closeHandle(event);
  }
}

function eventOf(target: ProcessIdentity): number | undefined {
  try {
    return openEvent(whereOf(target));
  } catch (error) {
    if (error instanceof PermissionError) return undefined;
    throw error;
  }
}
