// A kernel counts how often a cgroup was killed, so that a fork under way cannot slip through (kill_seq in
// kernel/cgroup/cgroup.c). Linux 6.18 compares the count of the forker's own cgroup with the target's: a child that
// is born into another cgroup (CLONE_INTO_CGROUP) is killed at birth if the two counts differ. So nobody is born into
// a cgroup that was killed before; and whether our own cgroup was, only a try tells.

import { POSIX } from "../../../ffi/numbers/mod.ts";
import { processes, restarted } from "../../../ffi/libc.ts";
import { launchChild } from "../../child/launch.ts";
import { childSystem } from "../../child/system.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";

let known: boolean | undefined;

/** Whether children of this process survive being born into a cgroup that was never killed, and is not frozen. */
export function isBirthSafe(directory: string): boolean {
  if (!runtimeChildren.startsInCgroup()) return false;
  try {
    return known ??= tryBirth(directory);
  } catch {
    // What is wrong now may be right at the next start; this one goes by the launcher, and meets it or not.
    return false;
  }
}

/** It blocks for as long as a shell takes to start and end: no kill or freeze of ours comes between. */
function tryBirth(directory: string): boolean {
  const placement = { cgroup: { directory, birth: true }, unasked: true };
  const { child, handle } = launchChild("/bin/sh", { args: ["-c", ":"], stdin: "null" }, placement);
  if (handle === undefined) return false;
  const held = childSystem().held(child.pid, handle);
  try {
    restarted(() => processes().poll(new Int32Array([handle, POSIX.POLLIN]), 1, -1));
    const [code] = childSystem().peek(child.pid, handle) ?? [];
    return code === 0;
  } finally {
    held.close();
  }
}
