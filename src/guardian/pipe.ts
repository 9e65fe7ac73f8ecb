// A guardian's address is its shell's pid and start time and its pipe's inode. To attach, a client opens the
// shell's own descriptor 0 through /proc (proc(5)); there is no FIFO in any directory, so none can be stale.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../ffi/errors.ts";
import { errno, processes } from "../../ffi/libc.ts";
import { reap } from "../process/launch.ts";
import { isAlive, waitForExit } from "../process/process.ts";
import { hasReader } from "../file/descriptors.ts";
import { close, OPEN, statusOf, tryOpen, writeAll } from "../file/posix.ts";

/** Where a guardian is: its `sh`, and the pipe that the clients hold open. */
export interface GuardianAddress {
  readonly pid: number;
  readonly startTime: string;
  readonly inode: string;
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
  const descriptor = tryOpen(`/proc/${address.pid}/fd/0`, OPEN.writeOnly | OPEN.nonblock);
  if (descriptor === -1) {
    if (SHORTAGES.includes(errno())) throw new SystemError("open", errno(), "for a guardian");
    return undefined;
  }
  // The pid may have gone to another process in between; the pipe can't.
  if (String(statusOf(descriptor).inode) === address.inode) return { address, descriptor };
  close(descriptor);
  return undefined;
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
  reap();
}

/** Ends a guardian that sleeps for a service that lingered: it, and the sleep in its process group, need not wait. */
export async function endLingering(address: GuardianAddress): Promise<void> {
  if (isAlive(address)) processes().kill(-address.pid, POSIX.SIGKILL);
  await waitForExit(address);
}
