// Whether anybody has the other end of a guardian's pipe.

import { files } from "../../ffi/libc.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { hasReader, polled } from "../file/descriptors.ts";
import { close, OPEN, tryOpen } from "../file/posix.ts";
import { type GuardianAddress, type GuardianHold, pathOf } from "./pipe.ts";

const { POLLHUP, POLLIN } = POSIX;

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
