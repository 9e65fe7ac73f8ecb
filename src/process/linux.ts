// A pidfd names one process for ever: a signal through it cannot hit a later owner of the pid, and it turns
// readable when the process ends, reaped or not, killed or not (pidfd_open(2), pidfd_send_signal(2)).
// Start times and states are read from /proc/PID/stat (proc(5)).

import { LINUX } from "../../ffi/numbers/linux.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, processes } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { SystemError } from "../../ffi/errors.ts";
import { close, readText } from "../file/posix.ts";
import { waitOut } from "../wait.ts";
import type { ProcessTarget } from "./identity.ts";
import type { HeldProcess, ProcessSystem } from "./system.ts";

const { PIDFD_NONBLOCK, POLLIN, SYS_pidfd_open, SYS_pidfd_send_signal } = LINUX;

/** Fields of /proc/PID/stat that tell one process from another and a living one from a dead one. */
export interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly threads: number;
  readonly startTime: string;
}

/** Reads /proc/PID/stat; undefined where there is no such process. */
export function readStat(pid: number): Stat | undefined {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The command in parentheses may hold anything, parentheses and spaces included.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    threads: Number(fields[17]),
    startTime: fields[19] ?? "",
  };
}

/** A zombie has ended, unless other threads outlive the first one. */
function lives(stat: Stat): boolean {
  return (stat.state !== "Z" || stat.threads > 1) && stat.state !== "X";
}

function startTime(pid: number): string | undefined {
  const stat = readStat(pid);
  return stat !== undefined && lives(stat) ? stat.startTime : undefined;
}

function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  if (stat !== undefined) return lives(stat);
  // With hidepid (proc(5)) other users' processes are not shown; EPERM says that there is one.
  return processes().kill(pid, 0) === 0 || errno() === ERRNO.EPERM;
}

/** A pidfd, also for a process that has ended but is not reaped; undefined where there is none. @throws {SystemError} */
export function openPidfd(pid: number): number | undefined {
  const descriptor = processes().syscall(SYS_pidfd_open, pid, PIDFD_NONBLOCK, null, 0);
  if (descriptor !== -1) return descriptor;
  // EINVAL: the number names a thread, not a process.
  if (errno() === ERRNO.ESRCH || errno() === ERRNO.EINVAL) return undefined;
  throw new SystemError("pidfd_open", errno(), `for pid ${pid}`);
}

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
    const entry = new Int32Array([this.#descriptor, POLLIN]);
    return processes().poll(entry, 1, 0) === 1;
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
