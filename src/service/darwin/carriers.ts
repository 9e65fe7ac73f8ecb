// The token in the environments of processes, by sysctl(3) (KERN_PROCARGS2), which leaves out those of Apple's own
// programs: of these only the one that a launcher noted is found.

import { processes } from "../../../ffi/libc.ts";
import { beginningOf } from "../../file/darwin.ts";
import { allProcesses } from "../../process/darwin.ts";
import type { ProcessIdentity } from "../../process/identity.ts";

/** The living processes with this variable in their environment, this one excepted. */
export function carriersOf(mark: string): ProcessIdentity[] {
  const self = processes().getpid();
  return allProcesses()
    .filter(({ pid, zombie }) => !zombie && pid !== self && carries(pid, mark))
    .map(({ pid, startTime }) => ({ pid, startTime }));
}

function carries(pid: number, mark: string): boolean {
  return beginningOf(pid)?.environment.includes(mark) ?? false;
}
