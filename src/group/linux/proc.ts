// What /proc tells about processes (proc(5)).

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { children } from "../../../ffi/libc_children.ts";
import { listDirectory, readText } from "../../file/posix.ts";
import type { MemberInfo } from "../types.ts";
import { fields } from "./files.ts";

/** The fields of /proc/PID/stat that are used here. */
export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
  /** Clock ticks in user and kernel mode. */
  readonly ticks: number;
  readonly threads: number;
  readonly startTime: string;
  readonly residentPages: number;
  readonly name: string;
}

const { _SC_CLK_TCK, _SC_PAGESIZE } = LINUX;

/** One process; undefined if it is not there. */
export function processStat(pid: number): ProcessStat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(")");
  const words = text.slice(end + 2).split(" ");
  return {
    pid,
    name: text.slice(text.indexOf("(") + 1, end),
    state: words[0] ?? "",
    group: Number(words[2]),
    ticks: Number(words[11]) + Number(words[12]),
    threads: Number(words[17]),
    startTime: words[19] ?? "",
    residentPages: Number(words[21]),
  };
}

/** All processes that have not ended. */
export function* livingProcesses(): Generator<ProcessStat> {
  for (const entry of listDirectory("/proc")) {
    const pid = Number(entry);
    const stat = pid > 0 ? processStat(pid) : undefined;
    if (stat !== undefined && !ended(stat)) yield stat;
  }
}

/** True for a zombie, which waits for its parent to ask; one whose other threads outlive the first has not ended. */
export function ended({ state, threads }: ProcessStat): boolean {
  return (state === "Z" && threads <= 1) || state === "X";
}

/** CPU time in milliseconds. */
export function cpuTime(stat: ProcessStat): number {
  return stat.ticks * 1000 / children().sysconf(_SC_CLK_TCK);
}

/** The most resident memory it ever had, in bytes; 0 if it is gone. */
export function peakMemory(pid: number): number {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`) ?? "");
  return Number(line?.[1] ?? 0) * 1024;
}

/** A member as users see it. */
export function memberInfo(pid: number): MemberInfo | undefined {
  const stat = processStat(pid);
  if (stat === undefined || ended(stat)) return undefined;
  const words = readText(`/proc/${pid}/cmdline`)?.split("\0").filter((word) => word !== "") ?? [];
  return {
    pid,
    startTime: stat.startTime,
    command: words.length > 0 ? words.join(" ") : `[${stat.name}]`,
    cpuTime: cpuTime(stat),
    memory: stat.residentPages * children().sysconf(_SC_PAGESIZE),
  };
}

/** CPU time of a cgroup in milliseconds; counted for all that ever were in it. */
export function groupCpuTime(cpuStat: string): number {
  return (fields(cpuStat).get("usage_usec") ?? 0) / 1000;
}
