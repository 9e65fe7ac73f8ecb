// The graceful end of a job. Those members that listen (src/process/stop_windows.ts) are asked, all at once. The others
// stay until the listeners are gone, who may need them for their last work, as a server needs its database; where nobody
// listens all end at once.

import type { HeldProcess } from "../process/held.ts";
import { exitCodeFor, ownPid, windows } from "../process/windows.ts";
import type { Job } from "./job.ts";

/**
 * Asks who listens in a job, and ends the others when these have ended. SIGKILL asks nobody.
 *
 * @param request The signal that ends the others, by their exit code.
 * @throws The signal's reason; then nothing but the request has happened.
 */
export async function askMembers(job: Job, request: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const asked = askListeners(job, request);
  try {
    const ends = await Promise.allSettled(asked.map((one) => one.whenEnded(signal)));
    const failed = ends.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } finally {
    for (const one of asked) one.close();
  }
  await job.end(exitCodeFor(request), signal);
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
