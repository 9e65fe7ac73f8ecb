import { ERRNO } from "../../../ffi/errno.ts";
import { errno, processes } from "../../../ffi/libc.ts";
import { LINUX } from "../../../ffi/numbers/linux.ts";
import { readText } from "../../file/posix.ts";
import type { Commands } from "../process_groups/pass.ts";
import type { Leader, ProcessTable } from "../process_groups/table.ts";
import { cpuTime, ended, livingProcesses, memberInfo, peakMemory, processStat } from "./proc.ts";

const { SYS_pidfd_send_signal } = LINUX;
const { PIDFD_SIGNAL_PROCESS_GROUP } = LINUX; // from Linux 6.9

function usage(pid: number): { cpuTime: number; peakMemory: number } | undefined {
  const stat = processStat(pid);
  if (stat === undefined || ended(stat)) return undefined;
  return { cpuTime: cpuTime(stat), peakMemory: peakMemory(pid) };
}

function sendToGroup({ pid, descriptor }: Leader, number: number): number {
  const { kill, syscall } = processes();
  const flags = PIDFD_SIGNAL_PROCESS_GROUP;
  if (syscall(SYS_pidfd_send_signal, descriptor, number, null, flags) !== -1) return 0;
  if (errno() !== ERRNO.EINVAL) return errno();
  // Before Linux 6.9: by number, which is theirs as long as one of them lives.
  return kill(-pid, number) === -1 ? errno() : 0;
}

const commands: Commands = {
  started: `
  stat=$(cat "/proc/$1/stat") || return
  set -- \${stat##*) }
  echo "\${20}"
`,
  marked: `
  for file in $(grep -l "$mark" /proc/[0-9]*/environ); do
    file=\${file#/proc/}
    echo "\${file%/environ}"
  done
`,
};

/** Linux. */
export const linux: ProcessTable = {
  living: () => [...livingProcesses()],
  startTime: (pid) => processStat(pid)?.startTime,
  isMarked: (pid, mark) => readText(`/proc/${pid}/environ`)?.includes(mark) ?? false,
  usage,
  memberInfo,
  sendToGroup,
  written: (startTime) => startTime,
  commands,
};
