// A pidfd names one process for ever: a signal through it cannot hit a later owner of the pid, and it turns
// readable when the process ends, reaped or not, killed or not (pidfd_open(2), pidfd_send_signal(2)).

import { LINUX } from "../../ffi/numbers/linux.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, errno, files, processes } from "../../ffi/libc.ts";
import { native } from "../../ffi/mod.ts";
import { SystemError } from "../../ffi/errors.ts";
import { polled } from "../file/descriptors.ts";
import { close } from "../file/posix.ts";
import { waitOut } from "../wait.ts";
import type { HeldProcess } from "./held.ts";
import type { ProcessTarget } from "./identity.ts";
import { linux } from "./linux.ts";

const { F_SETFL, O_NONBLOCK, PIDFD_NONBLOCK, POLLIN, SYS_pidfd_open, SYS_pidfd_send_signal } =
  LINUX;

/** A pidfd, also for a process that has ended but is not reaped; undefined where there is none. @throws {SystemError} */
export function openPidfd(pid: number): number | undefined {
  let descriptor = processes().syscall(SYS_pidfd_open, pid, PIDFD_NONBLOCK, null, 0);
  if (descriptor === -1 && errno() === ERRNO.EINVAL) {
    // Linux 5.3 to 5.9 know no flags.
    descriptor = processes().syscall(SYS_pidfd_open, pid, 0, null, 0);
    if (descriptor !== -1) files().fcntl(descriptor, F_SETFL, O_NONBLOCK);
  }
  if (descriptor !== -1) return descriptor;
  // EINVAL, on newer kernels ENOENT: the number names a thread, not a process.
  if (NO_PROCESS.includes(errno())) return undefined;
  throw new SystemError("pidfd_open", errno(), `for pid ${pid}`);
}

const NO_PROCESS: readonly number[] = [ERRNO.ESRCH, ERRNO.EINVAL, ERRNO.ENOENT];

/** Takes hold of the target by a pidfd; undefined when it is gone. @throws {SystemError} */
export function hold(target: ProcessTarget): HeldProcess | undefined {
  const pid = typeof target === "number" ? target : target.pid;
  const descriptor = openPidfd(pid);
  if (descriptor === undefined) return undefined;
  const process = new HeldByPidfd(pid, descriptor);
  const same = typeof target === "number" || linux.startTime(pid) === target.startTime;
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
