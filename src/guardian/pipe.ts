// A guardian's address is its shell's pid and start time and its pipe's inode. To attach, a client opens the
// shell's own descriptor 0 through /proc (proc(5)); there is no FIFO in any directory, so none can be stale. On macOS,
// which has no /proc, the pipe is a FIFO with a name of its own for each guardian. What the kernel promises of a pipe's ends
// at a crash it promises of a FIFO's; only the name of a killed guardian's stays, for whoever replaces it.

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { errno } from "../../ffi/libc.ts";
import { isAlive } from "../process/alive.ts";
import { close, OPEN, statusOf, tryOpen } from "../file/posix.ts";

/** Where a guardian is: its `sh`, and the pipe that the clients hold open. */
export interface GuardianAddress {
  readonly pid: number;
  readonly startTime: string;
  readonly inode: string;
  /** The path of the FIFO that its pipe is, where nobody can open another process's descriptors. */
  readonly fifo?: string;
}

/** A client's hold on a guardian: the write end of its pipe, close-on-exec. */
export interface GuardianHold {
  readonly address: GuardianAddress;
  readonly descriptor: number;
}

const SHORTAGES: readonly number[] = [ERRNO.EMFILE, ERRNO.ENFILE, ERRNO.ENOMEM];

/**
 * Takes hold of a guardian; undefined when it is dead.
 *
 * @throws {SystemError} No descriptor is left, which says nothing about the guardian.
 */
export function attach(address: GuardianAddress): GuardianHold | undefined {
  if (!isAlive(address)) return undefined;
  const descriptor = tryOpen(pathOf(address), OPEN.writeOnly | OPEN.nonblock);
  if (descriptor === -1) {
    if (SHORTAGES.includes(errno())) throw new SystemError("open", errno(), "for a guardian");
    return undefined;
  }
  // The pid may have gone to another process in between; the pipe can't.
  if (String(statusOf(descriptor).inode) === address.inode) return { address, descriptor };
  close(descriptor);
  return undefined;
}

/** Where its pipe can be opened. */
export function pathOf({ pid, fifo }: GuardianAddress): string {
  return fifo ?? `/proc/${pid}/fd/0`;
}

/** Lets go. The kernel does the same at a client's death. */
export function detach(hold: GuardianHold): void {
  close(hold.descriptor);
}
