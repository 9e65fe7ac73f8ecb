// kqueue(2) of macOS: a descriptor that is readable as soon as something has happened that it was told to look for.

import { checked } from "../../ffi/libc.ts";
import { darwinProcesses } from "../../ffi/libsystem.ts";
import { DARWIN, KEVENT } from "../../ffi/numbers/darwin.ts";

const { EV_ADD, EV_CLEAR, EVFILT_VNODE, NOTE_EXTEND, NOTE_WRITE } = DARWIN;

/** What to look for. */
export interface Filter {
  readonly filter: number;
  /** The descriptor or pid that it is about. */
  readonly ident: number;
  readonly flags?: number;
  readonly notes: number;
}

/** An empty queue; it is closed at fork and exec. @throws {SystemError} */
export function openKqueue(subject: string): number {
  return checked(darwinProcesses().kqueue(), "kqueue", subject);
}

/** Adds one filter to a queue. @returns -1 with errno set. */
export function addFilter(queue: number, { filter, ident, flags = 0, notes }: Filter): number {
  const event = new DataView(new ArrayBuffer(KEVENT.size));
  event.setBigUint64(KEVENT.at.ident, BigInt(ident), true);
  event.setInt16(KEVENT.at.filter, filter, true);
  event.setUint16(KEVENT.at.flags, EV_ADD | flags, true);
  event.setUint32(KEVENT.at.fflags, notes, true);
  return darwinProcesses().kevent(queue, new Uint8Array(event.buffer), 1, null, 0, null);
}

/** Looks for whatever is written into an open file. @throws {SystemError} */
export function watchFile(file: number): number {
  const queue = openKqueue("for a file");
  const notes = NOTE_WRITE | NOTE_EXTEND;
  checked(
    addFilter(queue, { filter: EVFILT_VNODE, ident: file, flags: EV_CLEAR, notes }),
    "kevent",
  );
  return queue;
}

const AT_ONCE = new BigUint64Array(2); // struct timespec

/** Takes what has happened out of a queue. */
export function drain(queue: number): void {
  darwinProcesses().kevent(queue, null, 0, new Uint8Array(KEVENT.size), 1, AT_ONCE);
}
