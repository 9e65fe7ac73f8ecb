// A process handle names one process for as long as it is open: the pid is given to nobody else meanwhile. The
// process object is signaled from its end on, whatever ended it (Microsoft, "Process Handles and Identifiers",
// "Terminating a Process"). The start time is the process's creation time in units of 100 ns since 1601.

import { SystemError, UnsupportedError } from "../../ffi/errors.ts";
import { nameless } from "../../ffi/windows/attributes.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  ntProcesses,
  succeeded,
} from "../../ffi/windows/ntdll.ts";
import { isSignaled, whenSignaled } from "../../ffi/windows/poller.ts";
import { STATUS } from "../../ffi/windows/status.ts";
import { waitOut } from "../wait.ts";
import type { ProcessTarget } from "./identity.ts";
import { checkSignal, signalName } from "./signals.ts";
import { askToEnd, whenAskedToEnd } from "./stop_windows.ts";
import type { ProcessSystem } from "./system.ts";
import type { HeldProcess, HoldingSystem } from "./held.ts";

/** Rights to a process (winnt.h). */
export const PROCESS_RIGHTS = {
  terminate: 0x1,
  setQuota: 0x100,
  suspend: 0x800,
  queryLimited: 0x1000,
  synchronize: 0x100000,
} as const;

/** What everybody may ask about the processes of this user: how they are, and when they end. */
const LOOK = PROCESS_RIGHTS.queryLimited | PROCESS_RIGHTS.synchronize;

const BASIC_INFORMATION = 0;
const TIMES = 4;

/** A handle of a process, also of one that has ended; undefined where there is none. @throws {SystemError} */
export function openProcess(pid: number, rights: number): number | undefined {
  const slot = new HandleSlot();
  const client = new BigUint64Array([BigInt(pid), 0n]);
  const status = ntProcesses().NtOpenProcess(slot.bytes, rights, nameless(), client) >>> 0;
  if (status === STATUS.STATUS_INVALID_CID || status === STATUS.STATUS_INVALID_PARAMETER) {
    return undefined;
  }
  succeeded(status, "NtOpenProcess", `for pid ${pid}`);
  // The kernel ignores the two lowest bits of a pid.
  if (rights === PROCESS_RIGHTS.terminate || pidOf(slot.value) === pid) return slot.value;
  closeHandle(slot.value);
  return undefined;
}

interface Basics {
  readonly exitStatus: number;
  readonly pid: number;
}

/** PROCESS_BASIC_INFORMATION. */
function basicsOf(handle: number): Basics {
  const words = new BigUint64Array(6);
  const { NtQueryInformationProcess } = ntProcesses();
  succeeded(
    NtQueryInformationProcess(handle, BASIC_INFORMATION, words, words.byteLength, null),
    "NtQueryInformationProcess",
  );
  return { exitStatus: Number((words[0] ?? 0n) & 0xffffffffn), pid: Number(words[4] ?? 0n) };
}

function pidOf(handle: number): number {
  return basicsOf(handle).pid;
}

/** The pid of this process. */
export function ownPid(): number {
  return pidOf(CURRENT_PROCESS);
}

/** The code with which a process has ended. */
export function exitCodeOf(handle: number): number {
  return basicsOf(handle).exitStatus;
}

/** What a process has used, in units of 100 ns. */
export interface Times {
  readonly created: bigint;
  readonly kernel: bigint;
  readonly user: bigint;
}

/** KERNEL_USER_TIMES. */
export function timesOf(handle: number): Times {
  const words = new BigUint64Array(4);
  const { NtQueryInformationProcess } = ntProcesses();
  succeeded(
    NtQueryInformationProcess(handle, TIMES, words, words.byteLength, null),
    "NtQueryInformationProcess",
  );
  const [created = 0n, , kernel = 0n, user = 0n] = words;
  return { created, kernel, user };
}

/** Asks something of a living process; undefined where there is none. */
function ask<T>(pid: number, question: (handle: number) => T): T | undefined {
  const handle = openProcess(pid, LOOK);
  if (handle === undefined) return undefined;
  try {
    return isSignaled(handle) ? undefined : question(handle);
  } finally {
    closeHandle(handle);
  }
}

/** As `ask`; what may not be opened is looked up in the list of all processes. */
function created(pid: number): string | undefined {
  try {
    return ask(pid, (handle) => String(timesOf(handle).created));
  } catch (error) {
    if (!isDenied(error)) throw error;
    return allProcesses().find((one) => one.pid === pid)?.startTime;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof SystemError && error.errno === STATUS.STATUS_ACCESS_DENIED;
}

/** A process in the system's list. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
}

const PROCESS_INFORMATION = 5;

/** SYSTEM_PROCESS_INFORMATION: every process of the system, also those that may not be opened. */
export function allProcesses(): ListedProcess[] {
  const { NtQuerySystemInformation } = ntProcesses();
  const needed = new Uint32Array(1);
  for (let room = 1 << 18;; room = Math.max(room * 2, needed[0] ?? 0)) {
    const bytes = new Uint8Array(room);
    const status = NtQuerySystemInformation(PROCESS_INFORMATION, bytes, room, needed) >>> 0;
    if (status === STATUS.STATUS_INFO_LENGTH_MISMATCH) continue;
    succeeded(status, "NtQuerySystemInformation");
    return [...listed(new DataView(bytes.buffer))];
  }
}

function* listed(view: DataView): Generator<ListedProcess> {
  for (let at = 0;;) {
    yield {
      pid: Number(view.getBigUint64(at + 80, true)),
      parent: Number(view.getBigUint64(at + 88, true)),
      startTime: String(view.getBigInt64(at + 32, true)),
    };
    const next = view.getUint32(at, true);
    if (next === 0) return;
    at += next;
  }
}

// Windows has no signals. A process that is ended by one of ours gets an exit code that says so, to whoever asks.
const SIGNALLED = 0x50520000;

/** The signal that an exit code stands for; 0 if it is a code of the program's own. */
export function signalOf(exitCode: number): number {
  return exitCode >>> 16 === SIGNALLED >>> 16 ? exitCode & 0xffff : 0;
}

/** The exit code of a process that is ended by a signal of ours. */
export function exitCodeFor(signal: number): number {
  return SIGNALLED + signal;
}

/** A process held by a handle, which is this object's to close. */
export class HeldByHandle implements HeldProcess {
  readonly #pid: number;
  #handle: number;

  constructor(pid: number, handle: number) {
    this.#pid = pid;
    this.#handle = handle;
  }

  /** Whatever the signal, the process ends at once: Windows knows no request that a process would have to hear. */
  signal(number: number): boolean {
    if (this.ended()) return false;
    if (number === 0) return true;
    if (signalName(number) === undefined) throw new UnsupportedError(`Signal ${number}`, "windows");
    return this.terminate(exitCodeFor(number));
  }

  ask(number: number): boolean {
    if (number === checkSignal("SIGKILL")) return false;
    return askToEnd({ pid: this.#pid, startTime: String(timesOf(this.#handle).created) });
  }

  /** NtTerminateProcess. False: it had ended, or was ending already. */
  terminate(exitCode: number): boolean {
    // By its number, which is nobody else's while this handle is open.
    const handle = openProcess(this.#pid, PROCESS_RIGHTS.terminate);
    if (handle === undefined) return false;
    try {
      const status = ntProcesses().NtTerminateProcess(handle, exitCode) >>> 0;
      if (status === STATUS.STATUS_PROCESS_IS_TERMINATING || this.ended()) return status === 0;
      succeeded(status, "NtTerminateProcess", `for pid ${this.#pid}`);
      return true;
    } finally {
      closeHandle(handle);
    }
  }

  ended(): boolean {
    return isSignaled(this.#handle);
  }

  async whenEnded(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.ended()) return;
    await waitOut(whenSignaled(this.#handle), signal);
  }

  close(): void {
    if (this.#handle === 0) return;
    closeHandle(this.#handle);
    this.#handle = 0;
  }
}

function hold(target: ProcessTarget): HeldProcess | undefined {
  const pid = typeof target === "number" ? target : target.pid;
  const handle = openProcess(pid, LOOK);
  if (handle === undefined) return undefined;
  const held = new HeldByHandle(pid, handle);
  const same = typeof target === "number" || String(timesOf(handle).created) === target.startTime;
  if (same && !held.ended()) return held;
  held.close();
  return undefined;
}

/** Stops all threads of a process, or lets them go on: as often as it was stopped. @throws {SystemError} */
export function suspendProcess(pid: number, suspended: boolean): void {
  const handle = openProcess(pid, PROCESS_RIGHTS.suspend | PROCESS_RIGHTS.queryLimited);
  if (handle === undefined) return;
  const { NtSuspendProcess, NtResumeProcess } = ntProcesses();
  const status = suspended ? NtSuspendProcess(handle) : NtResumeProcess(handle);
  closeHandle(handle);
  succeeded(
    status,
    suspended ? "NtSuspendProcess" : "NtResumeProcess",
    `for pid ${pid}`,
  );
}

/** Windows, from 8.1 on. */
export const windows: ProcessSystem & HoldingSystem = {
  startTime: created,
  isAlive: (pid) => created(pid) !== undefined,
  hold,
  listen(asked) {
    const startTime = String(timesOf(CURRENT_PROCESS).created);
    return whenAskedToEnd({ pid: ownPid(), startTime }, asked);
  },
};
