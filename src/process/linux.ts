// Start times and states are read from /proc/PID/stat (proc(5)).

import { LINUX_ON } from "../../ffi/numbers/linux.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { errno, processes } from "../../ffi/libc.ts";
import { architecture } from "../../ffi/platform.ts";
import { readText } from "../file/posix.ts";
import type { ProcessSystem } from "./system.ts";

const { SYS_tgkill } = LINUX_ON[architecture];

/** Fields of /proc/PID/stat that tell one process from another and a living one from a dead one. */
export interface Stat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly threads: number;
  readonly startTime: string;
  /** Bytes of its address space. */
  readonly memory: number;
  /** Where its environment ends; 0 while it has none, or where it may not be seen. */
  readonly environmentEnd: string;
}

/** The fields in the text of a /proc/PID/stat. */
export function parseStat(text: string): Stat {
  // The command in parentheses may hold anything, parentheses and spaces included.
  const fields = text.slice(text.lastIndexOf(")") + 2).trimEnd().split(" ");
  return {
    pid: Number(text.slice(0, text.indexOf(" "))),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    threads: Number(fields[17]),
    startTime: fields[19] ?? "",
    memory: Number(fields[20]),
    environmentEnd: fields[48] ?? "",
  };
}

/** Reads /proc/PID/stat; undefined where there is no such process. */
export function readStat(pid: number): Stat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** A zombie has ended, unless other threads outlive the first one. */
function lives(stat: Stat): boolean {
  return (stat.state !== "Z" || stat.threads > 1) && stat.state !== "X";
}

/**
 * False for the number of a thread that is not its process's first, for which /proc shows a directory all the same.
 * `tgkill(tgid, tid, 0)`: EPERM says that there is one, of another user.
 */
function isProcess(pid: number): boolean {
  const found = processes().syscall(SYS_tgkill, pid, pid, null, 0) === 0;
  return found || errno() === ERRNO.EPERM;
}

function startTime(pid: number): string | undefined {
  const stat = readStat(pid);
  return stat !== undefined && lives(stat) && isProcess(pid) ? stat.startTime : undefined;
}

function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  // With hidepid (proc(5)) other users' processes are not shown.
  return (stat === undefined || lives(stat)) && isProcess(pid);
}

/** Linux, from 5.3 on. */
export const linux: ProcessSystem = { startTime, isAlive };
