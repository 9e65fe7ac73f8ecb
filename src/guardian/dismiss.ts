// How a guardian is sent away, by those who have nothing left for it to guard.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { processes } from "../../ffi/libc.ts";
import { isAlive } from "../process/alive.ts";
import { reap } from "../process/launched.ts";
import { waitForExit } from "../process/process.ts";
import { close, remove, statusAt, writeAll } from "../file/posix.ts";
import type { GuardianAddress, GuardianHold } from "./pipe.ts";

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
