// A guardian's address is its shell's pid and start time and its pipe's inode. To attach, a client opens the
// shell's own descriptor 0 through /proc (proc(5)); there is no FIFO in any directory, so none can be stale. On macOS,
// which has no /proc, the pipe is a FIFO with a name of its own for each guardian. What the kernel promises of a pipe's ends
// at a crash it promises of a FIFO's; only the name of a killed guardian's stays, for whoever replaces it.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { errno, files, processes } from "../../ffi/libc.ts";
import { reap } from "../process/launched.ts";
import { isAlive, waitForExit } from "../process/process.ts";
import { hasReader, polled } from "../file/descriptors.ts";
import { close, OPEN, remove, statusAt, statusOf, tryOpen, writeAll } from "../file/posix.ts";

const { POLLHUP, POLLIN } = POSIX;

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

function pathOf({ pid, fifo }: GuardianAddress): string {
  return fifo ?? `/proc/${pid}/fd/0`;
}

const BYTE = new Uint8Array(1);

/** True if somebody has the write end of a guardian's pipe: nothing else is asked of it. */
export function isHeld(address: GuardianAddress): boolean {
  const descriptor = tryOpen(pathOf(address), OPEN.readOnly | OPEN.nonblock);
  if (descriptor === -1) return false;
  try {
    const events = polled(descriptor, POLLIN);
    if ((events & POLLHUP) !== 0) return false;
    // Linux does not call a FIFO hung up that had no writer since it was opened: it reads as at its end.
    return (events & POLLIN) !== 0 || files().read(descriptor, BYTE, 1) !== 0;
  } finally {
    close(descriptor);
  }
}

/** True while the guardian is there. */
export function isWatched(hold: GuardianHold): boolean {
  return hasReader(hold.descriptor);
}

/** Lets go. The kernel does the same at a client's death. */
export function detach(hold: GuardianHold): void {
  close(hold.descriptor);
}

const QUIT = new TextEncoder().encode("q\n");
const PATIENCE = 100; // ms; a shell takes one to read a line and exit, unless it lingers

/** Sends the guardian away, lets go, and waits until it is gone. Only for one that has nothing left to guard. */
export async function dismiss(hold: GuardianHold): Promise<void> {
  try {
    writeAll(hold.descriptor, QUIT);
  } catch {
    // EPIPE: it is gone already.
  }
  close(hold.descriptor);
  try {
    await waitForExit(hold.address, { timeout: PATIENCE });
  } catch {
    await endLingering(hold.address);
  }
  removeFifo(hold.address);
  reap();
}

/** Ends a guardian that sleeps for a service that lingered: it, and the sleep in its process group, need not wait. */
export async function endLingering(address: GuardianAddress): Promise<void> {
  if (isAlive(address)) processes().kill(-address.pid, POSIX.SIGKILL);
  await waitForExit(address);
  removeFifo(address);
}

/** Removes what one that was killed could not: a guardian that ends by itself takes its FIFO with it. */
export function removeFifo({ fifo, inode }: GuardianAddress): void {
  if (fifo === undefined) return;
  const found = statusAt(fifo);
  // A path in a file is believed only if the very FIFO is there.
  if (found?.regular === false && String(found.inode) === inode) remove(fifo);
}
