// macOS has no handle that names a process for ever. A kqueue(2) with EVFILT_PROC comes next: once attached it belongs
// to that process, turns readable at its end (NOTE_EXIT) and can't be attached to one that has ended. What is left is
// the instant between the look at it and kill(2), in which the process would have to end, be reaped, and its number go
// to another. Start times are asked by sysctl(3), which answers for everybody's processes.

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { checked, errno, processes } from "../../ffi/libc.ts";
import { darwinProcesses } from "../../ffi/libsystem.ts";
import { native } from "../../ffi/mod.ts";
import { DARWIN, KEVENT, KINFO_PROC } from "../../ffi/numbers/darwin.ts";
import { polled } from "../file/descriptors.ts";
import { close } from "../file/posix.ts";
import { waitOut } from "../wait.ts";
import type { ProcessTarget } from "./identity.ts";
import type { HeldProcess, ProcessSystem } from "./system.ts";

const { CTL_KERN, KERN_PROC, KERN_PROC_PID, SZOMB } = DARWIN;
const started = KINFO_PROC.at;

/** When a living process started, in seconds and microseconds since 1970; undefined where there is none. */
function startTime(pid: number): string | undefined {
  const name = new Int32Array([CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]);
  const info = new DataView(new ArrayBuffer(KINFO_PROC.size));
  const length = new BigUint64Array([BigInt(KINFO_PROC.size)]);
  const bytes = new Uint8Array(info.buffer);
  checked(
    darwinProcesses().sysctl(name, name.length, bytes, length, null, 0),
    "sysctl",
    `for pid ${pid}`,
  );
  // No such process: nothing is written.
  if (length[0] === 0n || info.getUint8(started["kp_proc.p_stat"]) === SZOMB) return undefined;
  const seconds = info.getBigInt64(started["kp_proc.p_starttime.tv_sec"], true);
  const rest = info.getInt32(started["kp_proc.p_starttime.tv_usec"], true);
  return `${seconds}.${String(rest).padStart(6, "0")}`;
}

function hold(target: ProcessTarget): HeldProcess | undefined {
  const pid = typeof target === "number" ? target : target.pid;
  const queue = checked(darwinProcesses().kqueue(), "kqueue", `for pid ${pid}`);
  const held = new HeldByKqueue(pid, queue);
  // Attached first, so that what is compared then is what is held.
  if (held.attach()) {
    const actual = startTime(pid);
    if (actual !== undefined && (typeof target === "number" || actual === target.startTime)) {
      return held;
    }
  }
  held.close();
  return undefined;
}

class HeldByKqueue implements HeldProcess {
  readonly #pid: number;
  #queue: number;

  constructor(pid: number, queue: number) {
    this.#pid = pid;
    this.#queue = queue;
  }

  /** False: the process has ended. @throws {SystemError} */
  attach(): boolean {
    const event = new DataView(new ArrayBuffer(KEVENT.size));
    event.setBigUint64(KEVENT.at.ident, BigInt(this.#pid), true);
    event.setInt16(KEVENT.at.filter, DARWIN.EVFILT_PROC, true);
    event.setUint16(KEVENT.at.flags, DARWIN.EV_ADD, true);
    event.setUint32(KEVENT.at.fflags, DARWIN.NOTE_EXIT, true);
    const change = new Uint8Array(event.buffer);
    if (darwinProcesses().kevent(this.#queue, change, 1, null, 0, null) !== -1) return true;
    if (errno() === ERRNO.ESRCH) return false;
    throw new SystemError("kevent", errno(), `for pid ${this.#pid}`);
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
export const darwin: ProcessSystem = {
  startTime,
  isAlive: (pid) => startTime(pid) !== undefined,
  hold,
};
