// What macOS tells of processes: all of them by sysctl(3), KERN_PROC_ALL; what each was started with by KERN_PROCARGS2,
// which keeps the environment of Apple's own programs (those with CS_RESTRICT) to itself; what they use by
// proc_pid_rusage, of one's own user. A signal to a process group goes by number, which is theirs as long as one of
// them is there, be it a zombie.

import { ERRNO } from "../../../ffi/errno.ts";
import { errno, processes } from "../../../ffi/libc.ts";
import { darwinProcesses } from "../../../ffi/libsystem.ts";
import { DARWIN, RUSAGE, TIMEBASE } from "../../../ffi/numbers/darwin.ts";
import { beginningOf } from "../../file/darwin.ts";
import { allProcesses, processInfo, writtenStart } from "../../process/darwin.ts";
import type { Commands } from "../process_groups/pass.ts";
import type { Leader, ListedProcess, ProcessTable } from "../process_groups/table.ts";
import type { MemberInfo } from "../types.ts";

function living(): ListedProcess[] {
  return allProcesses().filter(({ zombie }) => !zombie);
}

interface Usage {
  readonly cpuTime: number;
  readonly memory: number;
  readonly peakMemory: number;
}

const NANOSECONDS = 1e6; // in a millisecond

/** A process of another user tells nothing, and counts as nothing. */
function usage(pid: number): Usage | undefined {
  const { ri_user_time, ri_system_time, ri_resident_size, ri_lifetime_max_phys_footprint } =
    RUSAGE.at;
  const view = new DataView(new ArrayBuffer(RUSAGE.size));
  const { proc_pid_rusage } = darwinProcesses();
  const result = proc_pid_rusage(pid, DARWIN.RUSAGE_INFO_V4, new Uint8Array(view.buffer));
  if (result === -1 && errno() === ERRNO.ESRCH) return undefined;
  const number = (offset: number) => Number(view.getBigUint64(offset, true));
  return {
    cpuTime: (number(ri_user_time) + number(ri_system_time)) * unit() / NANOSECONDS,
    memory: number(ri_resident_size),
    peakMemory: number(ri_lifetime_max_phys_footprint),
  };
}

/** The length of a Mach time unit in nanoseconds. */
function unit(): number {
  const fraction = new Uint32Array(TIMEBASE.size / 4);
  darwinProcesses().mach_timebase_info(fraction);
  const [numerator = 1, denominator = 1] = fraction;
  return numerator / denominator;
}

function memberInfo(pid: number): MemberInfo | undefined {
  const info = processInfo(pid);
  const used = usage(pid);
  if (info === undefined || info.zombie || used === undefined) return undefined;
  const words = beginningOf(pid)?.commandLine ?? [];
  return {
    pid,
    startTime: info.startTime,
    command: words.length > 0 ? words.join(" ") : `[${info.name}]`,
    cpuTime: used.cpuTime,
    memory: used.memory,
  };
}

function sendToGroup({ pid }: Leader, number: number): number {
  if (processes().kill(-pid, number) !== -1) return 0;
  const failure = errno();
  // Also where all of them are zombies.
  if (failure !== ERRNO.EPERM || living().some(({ group }) => group === pid)) return failure;
  return ERRNO.ESRCH;
}

const commands: Commands = {
  started: `
  set -- $(LC_ALL=C TZ=UTC0 ps -o lstart= -p "$1")
  [ $# -eq 0 ] || echo "$1_$2_$3_$4_$5"
`,
  marked: `
  ps -A -E -ww -o pid= -o command= | while read -r pid words; do
    case $words in *"$mark"*) echo "$pid" ;; esac
  done
`,
};

/** macOS. */
export const darwin: ProcessTable = {
  living,
  startTime: (pid) => processInfo(pid)?.startTime,
  isMarked: (pid, mark) => beginningOf(pid)?.environment.includes(mark) ?? false,
  usage,
  memberInfo,
  sendToGroup,
  written: writtenStart,
  commands,
};
