// macOS has no handle that names a process for ever. A kqueue(2) with EVFILT_PROC comes next: once attached it belongs
// to that process, turns readable at its end (NOTE_EXIT) and can't be attached to one that has ended. What is left is
// the instant between the look at it and kill(2), in which the process would have to end, be reaped, and its number go
// to another. Start times are asked by sysctl(3), which answers for everybody's processes.

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { checked, errno, processes } from "../../ffi/libc.ts";
import { darwinProcesses } from "../../ffi/libsystem.ts";
import { native } from "../../ffi/mod.ts";
import { DARWIN, KINFO_PROC } from "../../ffi/numbers/darwin.ts";
import { polled } from "../file/descriptors.ts";
import { addFilter, type Filter, openKqueue } from "../file/kqueue.ts";
import { close } from "../file/posix.ts";
import { waitOut } from "../wait.ts";
import type { ProcessTarget } from "./identity.ts";
import type { ProcessSystem } from "./system.ts";
import type { HeldProcess, HoldingSystem } from "./held.ts";

const { CTL_KERN, KERN_PROC, KERN_PROC_ALL, KERN_PROC_PID, SZOMB } = DARWIN;
const { EVFILT_PROC, EVFILT_USER, NOTE_EXIT, NOTE_TRIGGER } = DARWIN;
const { at } = KINFO_PROC;
const LONGEST_NAME = 16; // MAXCOMLEN

/** What the kernel tells of a process, anybody's, also of one that has ended and is not reaped. */
export interface ProcessInfo {
  readonly pid: number;
  /** In seconds and microseconds since 1970. */
  readonly startTime: string;
  readonly zombie: boolean;
  readonly parent: number;
  /** The user with whose rights it runs. */
  readonly owner: number;
  readonly group: number;
  /** The program's, cut short. */
  readonly name: string;
  /** How a zombie ended, as wait(2) has it. */
  readonly status: number;
}

/** Looks at a process; undefined where there is none. @throws {SystemError} */
export function processInfo(pid: number): ProcessInfo | undefined {
  const bytes = new Uint8Array(KINFO_PROC.size);
  // No such process: nothing is written.
  if (listed(KERN_PROC_PID, pid, bytes) === 0) return undefined;
  return parse(new DataView(bytes.buffer));
}

const SPARE = 16; // processes that may have come since the room was asked for

/** Looks at all processes at once. @throws {SystemError} */
export function allProcesses(): ProcessInfo[] {
  for (;;) {
    const bytes = new Uint8Array(listed(KERN_PROC_ALL, 0, null) + SPARE * KINFO_PROC.size);
    const length = listed(KERN_PROC_ALL, 0, bytes);
    if (length === -1) continue;
    return Array.from(
      { length: length / KINFO_PROC.size },
      (_, index) => parse(new DataView(bytes.buffer, index * KINFO_PROC.size, KINFO_PROC.size)),
    );
  }
}

/**
 * `sysctl({CTL_KERN, KERN_PROC, which, pid})`: fills in an entry for each process.
 *
 * @returns The length in bytes, without room the one that is needed; -1: the room is too small.
 */
function listed(which: number, pid: number, room: Uint8Array | null): number {
  const name = new Int32Array([CTL_KERN, KERN_PROC, which, pid]);
  const length = new BigUint64Array([BigInt(room?.length ?? 0)]);
  const result = darwinProcesses().sysctl(name, name.length, room, length, null, 0);
  if (result === -1 && errno() === ERRNO.ENOMEM) return -1;
  checked(result, "sysctl", `for pid ${pid}`);
  return Number(length[0]);
}

const decoder = new TextDecoder();

function parse(info: DataView): ProcessInfo {
  const seconds = info.getBigInt64(at["kp_proc.p_starttime.tv_sec"], true);
  const rest = info.getInt32(at["kp_proc.p_starttime.tv_usec"], true);
  const [name = ""] = decoder.decode(
    new Uint8Array(info.buffer, info.byteOffset + at["kp_proc.p_comm"], LONGEST_NAME),
  ).split("\0");
  return {
    pid: info.getInt32(at["kp_proc.p_pid"], true),
    startTime: `${seconds}.${String(rest).padStart(6, "0")}`,
    zombie: info.getUint8(at["kp_proc.p_stat"]) === SZOMB,
    owner: info.getUint32(at["kp_eproc.e_ucred.cr_uid"], true),
    parent: info.getInt32(at["kp_eproc.e_ppid"], true),
    group: info.getInt32(at["kp_eproc.e_pgid"], true),
    name,
    status: info.getUint16(at["kp_proc.p_xstat"], true),
  };
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A start time as `ps -o lstart=` shows it in UTC, its words joined: `Sun_Sep_9_01:46:40_2001`. */
export function writtenStart(startTime: string): string {
  const date = new Date(Math.floor(Number(startTime)) * 1000);
  const clock = date.toISOString().slice(11, 19);
  const day = DAYS[date.getUTCDay()];
  const month = MONTHS[date.getUTCMonth()];
  return [day, month, date.getUTCDate(), clock, date.getUTCFullYear()].join("_");
}

function startTime(pid: number): string | undefined {
  const info = processInfo(pid);
  return info === undefined || info.zombie ? undefined : info.startTime;
}

/**
 * How a child of ours ended, as wait(2) has it, without reaping it; undefined while it runs. By sysctl(3): waitid(2)
 * of macOS tells of a signal, but not of which.
 */
export function statusOfZombie(pid: number): number | undefined {
  const info = processInfo(pid);
  return info?.zombie && info.parent === processes().getpid() ? info.status : undefined;
}

const ENDED: Filter = { filter: EVFILT_USER, ident: 0, notes: NOTE_TRIGGER };

/**
 * A queue that is readable from a process's end on, also for one that has ended and is not reaped; undefined where there
 * is none. The kernel closes it at exec by itself.
 *
 * @throws {SystemError}
 */
export function openQueue(pid: number): number | undefined {
  const queue = openKqueue(`for pid ${pid}`);
  try {
    if (isAttached(queue, pid)) return queue;
    // A zombie can't be attached to: a queue that is readable from the beginning stands for it.
    if (processInfo(pid) !== undefined) {
      checked(addFilter(queue, ENDED), "kevent", `for pid ${pid}`);
      return queue;
    }
  } catch (error) {
    close(queue);
    throw error;
  }
  close(queue);
  return undefined;
}

/** False: the process has ended. @throws {SystemError} */
function isAttached(queue: number, pid: number): boolean {
  if (addFilter(queue, { filter: EVFILT_PROC, ident: pid, notes: NOTE_EXIT }) !== -1) return true;
  if (errno() === ERRNO.ESRCH) return false;
  throw new SystemError("kevent", errno(), `for pid ${pid}`);
}

function hold(target: ProcessTarget): HeldProcess | undefined {
  const pid = typeof target === "number" ? target : target.pid;
  const queue = openQueue(pid);
  if (queue === undefined) return undefined;
  // Attached first, so that what is compared then is what is held.
  const held = new HeldByKqueue(pid, queue);
  const actual = held.ended() ? undefined : startTime(pid);
  if (actual !== undefined && (typeof target === "number" || actual === target.startTime)) {
    return held;
  }
  held.close();
  return undefined;
}

/** A process held by a queue of `openQueue`, which is this object's to close. */
export class HeldByKqueue implements HeldProcess {
  readonly #pid: number;
  #queue: number;

  constructor(pid: number, queue: number) {
    this.#pid = pid;
    this.#queue = queue;
  }

  signal(number: number): boolean {
    if (this.ended()) return false;
    const result = processes().kill(this.#pid, number);
    if (result === -1 && errno() === ERRNO.ESRCH) return false;
    checked(result, "kill", `for pid ${this.#pid}`);
    return true;
  }

  ended(): boolean {
    return polled(this.#queue, DARWIN.POLLIN) !== 0;
  }

  async whenEnded(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.ended()) return;
    await waitOut(native.whenReadable(this.#queue), signal);
  }

  close(): void {
    if (this.#queue !== -1) close(this.#queue);
    this.#queue = -1;
  }
}

/** macOS. */
export const darwin: ProcessSystem & HoldingSystem = {
  startTime,
  isAlive: (pid) => startTime(pid) !== undefined,
  hold,
};
