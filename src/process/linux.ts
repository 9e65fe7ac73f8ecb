// A pidfd names one process for ever: a signal through it cannot hit a later owner of the pid, and it turns
// readable when the process ends, reaped or not, killed or not (pidfd_open(2), pidfd_send_signal(2)).
// Start times and states are read from /proc/PID/stat (proc(5)).

import { LINUX, LINUX_ON } from "../../ffi/numbers/linux.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, processes, spawning } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { architecture } from "../../ffi/platform.ts";
import { SystemError } from "../../ffi/errors.ts";
import { polled } from "../file/descriptors.ts";
import { close, readText } from "../file/posix.ts";
import { waitOut } from "../wait.ts";
import type { ProcessTarget } from "./identity.ts";
import type { HeldProcess, ProcessSystem } from "./system.ts";

const { F_SETFL, O_NONBLOCK, PIDFD_NONBLOCK, POLLIN, SYS_pidfd_open, SYS_pidfd_send_signal } =
  LINUX;
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

/** A pidfd, also for a process that has ended but is not reaped; undefined where there is none. @throws {SystemError} */
export function openPidfd(pid: number): number | undefined {
  let descriptor = processes().syscall(SYS_pidfd_open, pid, PIDFD_NONBLOCK, null, 0);
  if (descriptor === -1 && errno() === ERRNO.EINVAL) {
    // Linux 5.3 to 5.9 know no flags.
    descriptor = processes().syscall(SYS_pidfd_open, pid, 0, null, 0);
    if (descriptor !== -1) spawning().fcntl(descriptor, F_SETFL, O_NONBLOCK);
  }
  if (descriptor !== -1) return descriptor;
  // EINVAL, on newer kernels ENOENT: the number names a thread, not a process.
  if (NO_PROCESS.includes(errno())) return undefined;
  throw new SystemError("pidfd_open", errno(), `for pid ${pid}`);
}

const NO_PROCESS: readonly number[] = [ERRNO.ESRCH, ERRNO.EINVAL, ERRNO.ENOENT];

function hold(target: ProcessTarget): HeldProcess | undefined {
  const pid = typeof target === "number" ? target : target.pid;
  const descriptor = openPidfd(pid);
  if (descriptor === undefined) return undefined;
  const process = new HeldByPidfd(pid, descriptor);
  const same = typeof target === "number" || startTime(pid) === target.startTime;
  if (same && !process.ended()) return process;
  process.close();
  return undefined;
}

/** A process, or a thread, held by its pidfd. */
export class HeldByPidfd implements HeldProcess {
  readonly #pid: number;
  #descriptor: number;

  constructor(pid: number, descriptor: number) {
    this.#pid = pid;
    this.#descriptor = descriptor;
  }

  signal(number: number): boolean {
    if (this.ended()) return false;
    const result = processes().syscall(SYS_pidfd_send_signal, this.#descriptor, number, null, 0);
    if (result === -1 && errno() === ERRNO.ESRCH) return false;
    checked(result, "pidfd_send_signal", `for pid ${this.#pid}`);
    return true;
  }

  ended(): boolean {
    return polled(this.#descriptor, POLLIN) !== 0;
  }

  async whenEnded(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.ended()) return;
    await waitOut(native.whenReadable(this.#descriptor), signal);
  }

  close(): void {
    if (this.#descriptor === -1) return;
    close(this.#descriptor);
    this.#descriptor = -1;
  }
}

/** Linux, from 5.3 on. */
export const linux: ProcessSystem = { startTime, isAlive, hold };
