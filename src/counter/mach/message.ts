// Mach messages as bytes (<mach/message.h>): a head, at most one right, a payload. In a message that is received, the
// kernel has put the sender behind it: its user and process, which no sender can forge.

import {
  AUDIT_TRAILER,
  BODY,
  DEAD_NAME_NOTIFICATION,
  HEADER,
  MACH,
  PORT_DESCRIPTOR,
} from "../../../ffi/numbers/mach.ts";

/** A right that travels in a message, and what becomes of it (MACH_MSG_TYPE_...). */
export interface Travelling {
  readonly name: number;
  readonly disposition: number;
}

/** A message to be sent. */
export interface Outgoing {
  readonly id: number;
  readonly to: Travelling;
  /** The receive right to which one answer is to come. */
  readonly answerTo?: number;
  readonly right?: Travelling;
  readonly payload?: Uint8Array;
}

/** A message that was received. */
export interface Incoming {
  readonly id: number;
  /** The port it came to. */
  readonly port: number;
  /** A send-once right to the port that waits for the answer; 0: none does. */
  readonly answerTo: number;
  /** The right in it; 0: none. */
  readonly right: number;
  readonly payload: Uint8Array;
  readonly user: number;
  readonly process: number;
  /** In a dead-name notification: the name. */
  readonly dead: number;
}

/** Room for our longest message and its trailer. */
export const MESSAGE_ROOM = 1024;

const { at: head, size: HEAD_BYTES } = HEADER;
const RIGHT_BYTES = BODY.size + PORT_DESCRIPTOR.size;
const DISPOSITION_AT = 10; // in a descriptor: two bytes of bit fields
const KIND_AT = 11;

// audit_token_t: eight words, of which the second is the effective user and the sixth the process (audit_token_to_pid).
const AUDIT_USER = 4;
const AUDIT_PROCESS = 20;

/** Writes a message; returns its length. */
export function encode(message: Outgoing, bytes: Uint8Array): number {
  const { id, to, answerTo = 0, right, payload = new Uint8Array() } = message;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = HEAD_BYTES + (right === undefined ? 0 : RIGHT_BYTES);
  const length = align(start + payload.length);
  bytes.fill(0, 0, length);
  const answer = answerTo === 0 ? 0 : MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE << 8;
  const complex = right === undefined ? 0 : MACH.MACH_MSGH_BITS_COMPLEX;
  view.setUint32(head.msgh_bits, (to.disposition | answer | complex) >>> 0, true);
  view.setUint32(head.msgh_size, length, true);
  view.setUint32(head.msgh_remote_port, to.name, true);
  view.setUint32(head.msgh_local_port, answerTo, true);
  view.setInt32(head.msgh_id, id, true);
  if (right !== undefined) {
    view.setUint32(HEAD_BYTES, 1, true);
    const at = HEAD_BYTES + BODY.size;
    view.setUint32(at + PORT_DESCRIPTOR.at.name, right.name, true);
    view.setUint8(at + DISPOSITION_AT, right.disposition);
    view.setUint8(at + KIND_AT, MACH.MACH_MSG_PORT_DESCRIPTOR);
  }
  bytes.set(payload, start);
  return length;
}

/** Reads a message that mach_msg has received with an audit trailer. */
export function decode(bytes: Uint8Array): Incoming {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint32(head.msgh_size, true);
  const complex = (view.getUint32(head.msgh_bits, true) & MACH.MACH_MSGH_BITS_COMPLEX) !== 0;
  const id = view.getInt32(head.msgh_id, true);
  const audit = align(length) + AUDIT_TRAILER.at.msgh_audit;
  return {
    id,
    port: view.getUint32(head.msgh_local_port, true),
    answerTo: view.getUint32(head.msgh_remote_port, true),
    right: complex ? view.getUint32(HEAD_BYTES + BODY.size + PORT_DESCRIPTOR.at.name, true) : 0,
    payload: bytes.slice(HEAD_BYTES + (complex ? RIGHT_BYTES : 0), length),
    user: view.getUint32(audit + AUDIT_USER, true),
    process: view.getUint32(audit + AUDIT_PROCESS, true),
    dead: id === MACH.MACH_NOTIFY_DEAD_NAME
      ? view.getUint32(DEAD_NAME_NOTIFICATION.at.not_port, true)
      : 0,
  };
}

/** Messages are multiples of four bytes long. */
function align(length: number): number {
  return (length + 3) & ~3;
}
