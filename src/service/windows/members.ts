// The graceful part of a stop. Those members of a job that listen (src/process/stop_windows.ts) are asked, all at once, and
// share the policy's time. The others stay until the listeners are gone, who may need them for their last work, as a
// server needs its database; where nobody listens all end at once.

import type { Job } from "../../object/job.ts";
import { checkSignal } from "../../process/signals.ts";
import type { HeldProcess } from "../../process/system.ts";
import { exitCodeFor, ownPid, windows } from "../../process/windows.ts";
import { limit } from "../../wait.ts";
import type { ServiceRecord } from "../record/record.ts";

type Policy = ServiceRecord["stop"];

/** Ends everybody in a job by a policy. @throws The signal's reason. */
export async function stopMembers(job: Job, policy: Policy, signal: AbortSignal): Promise<void> {
  const obeyed = await listenersEnded(job, policy, signal);
  await job.end(exitCodeFor(checkSignal(obeyed ? policy.signal : "SIGKILL")), signal);
}

/** Asks who listens, and waits for their ends; false when the time is up before. */
async function listenersEnded(job: Job, policy: Policy, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const asked = askListeners(job, checkSignal(policy.signal));
  if (asked.length === 0) return true;
  using patience = limit({ timeout: policy.timeout, signal }, () => "the members of a job");
  try {
    const ends = await Promise.allSettled(asked.map((one) => one.whenEnded(patience.signal)));
    signal.throwIfAborted();
    return ends.every(({ status }) => status === "fulfilled");
  } finally {
    for (const one of asked) one.close();
  }
}

/** Asks the members that listen, and holds them. Not this process, which has yet to end the others. */
function askListeners(job: Job, request: number): HeldProcess[] {
  const self = ownPid();
  const held = job.members().map((pid) => ({
    pid,
    process: pid === self ? undefined : windows.hold(pid),
  }));
  // While they are held, a number that is listed is nobody else's.
  const members = job.members();
  return held.flatMap(({ pid, process }) => {
    if (process === undefined) return [];
    if (members.includes(pid) && process.ask?.(request)) return [process];
    process.close();
    return [];
  });
}
