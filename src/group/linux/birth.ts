// A kernel counts how often a cgroup was killed, so that a fork under way cannot slip through (kill_seq in
// kernel/cgroup/cgroup.c). Linux 6.18 compares the count of the forker's own cgroup with the target's: a child that
// is born into another cgroup (CLONE_INTO_CGROUP) is killed at birth if the two counts differ. So nobody is born into
// a cgroup that was killed before; and whether our own cgroup was, only a try tells.

import { launchChild } from "../../child/launch.ts";
import { sharedChild } from "../../child/shared_child.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";

let known: Promise<boolean> | undefined;

/** Whether children of this process survive being born into a cgroup that was never killed. */
export async function isBirthSafe(directory: string): Promise<boolean> {
  if (!runtimeChildren.startsInCgroup) return false;
  known ??= tryBirth(directory);
  return await known;
}

async function tryBirth(directory: string): Promise<boolean> {
  const placement = { cgroup: { directory, birth: true } };
  const child = sharedChild(launchChild("/bin/true", { stdin: "null" }, placement));
  return (await child.wait()).success;
}
