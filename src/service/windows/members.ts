import type { Job } from "../../object/job.ts";
import { askMembers } from "../../object/members.ts";
import { checkSignal } from "../../process/signals.ts";
import { exitCodeFor } from "../../process/windows.ts";
import { limit } from "../../wait.ts";
import type { ServiceRecord } from "../record/record.ts";

type Policy = ServiceRecord["stop"];

/** Ends everybody in a job by a policy, whose time those that are asked share. @throws The signal's reason. */
export async function stopMembers(job: Job, policy: Policy, signal: AbortSignal): Promise<void> {
  using patience = limit({ timeout: policy.timeout, signal }, () => "the members of a job");
  try {
    await askMembers(job, checkSignal(policy.signal), patience.signal);
  } catch (error) {
    if (signal.aborted || !patience.signal.aborted) throw error;
    await job.end(exitCodeFor(checkSignal("SIGKILL")), signal);
  }
}
