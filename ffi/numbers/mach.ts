// Mach by number (<mach/message.h>, <mach/port.h>, <mach/notify.h>, <mach/kern_return.h>), under its C names; the
// same on x86-64 and on arm64. `deno task abi` compares all of it with the headers of macOS.

import type { Constants, Layout } from "./types.ts";

/** Constants. */
export const MACH = {
  KERN_SUCCESS: 0,
  KERN_INVALID_NAME: 15,
  KERN_INVALID_RIGHT: 17,
  MACH_PORT_NULL: 0,
  MACH_PORT_DEAD: 0xffffffff,
  MACH_PORT_RIGHT_RECEIVE: 1,
  MACH_PORT_RIGHT_PORT_SET: 3,
  MACH_PORT_TYPE_SEND: 0x10000,
  MACH_PORT_TYPE_RECEIVE: 0x20000,
  MACH_PORT_TYPE_SEND_ONCE: 0x40000,
  MACH_PORT_TYPE_PORT_SET: 0x80000,
  MACH_PORT_TYPE_DEAD_NAME: 0x100000,
  MACH_MSG_TYPE_MOVE_SEND: 17,
  MACH_MSG_TYPE_MOVE_SEND_ONCE: 18,
  MACH_MSG_TYPE_COPY_SEND: 19,
  MACH_MSG_TYPE_MAKE_SEND: 20,
  MACH_MSG_TYPE_MAKE_SEND_ONCE: 21,
  MACH_MSGH_BITS_COMPLEX: 0x80000000,
  MACH_MSGH_BITS_REMOTE_MASK: 0x1f,
  MACH_MSG_PORT_DESCRIPTOR: 0,
  MACH_SEND_MSG: 1,
  MACH_RCV_MSG: 2,
  MACH_RCV_TIMEOUT: 0x100,
  MACH_RCV_TRAILER_AUDIT: 3,
  MACH_MSG_SUCCESS: 0,
  MACH_SEND_INVALID_DEST: 0x10000003,
  MACH_SEND_INVALID_RIGHT: 0x1000000a,
  MACH_RCV_INVALID_NAME: 0x10004002,
  MACH_RCV_TIMED_OUT: 0x10004003,
  MACH_NOTIFY_NO_SENDERS: 0o106,
  MACH_NOTIFY_SEND_ONCE: 0o107,
  MACH_NOTIFY_DEAD_NAME: 0o110,
  MACH_PORT_RECEIVE_STATUS: 2,
  MACH_PORT_RECEIVE_STATUS_COUNT: 10,
  TASK_BOOTSTRAP_PORT: 4,
} as const satisfies Constants;

/** The head of every message. */
export const HEADER = {
  name: "mach_msg_header_t",
  size: 24,
  at: {
    msgh_bits: 0,
    msgh_size: 4,
    msgh_remote_port: 8,
    msgh_local_port: 12,
    msgh_voucher_port: 16,
    msgh_id: 20,
  },
} as const satisfies Layout;

/** The number of descriptors, behind the head of a message that carries rights. */
export const BODY = {
  name: "mach_msg_body_t",
  size: 4,
  at: { msgh_descriptor_count: 0 },
} as const satisfies Layout;

/** One right in a message. Byte 10 is the disposition, byte 11 the kind: bit fields, which have no offset in C. */
export const PORT_DESCRIPTOR = {
  name: "mach_msg_port_descriptor_t",
  size: 12,
  at: { name: 0 },
} as const satisfies Layout;

/** What the kernel puts behind a received message: who sent it. */
export const AUDIT_TRAILER = {
  name: "mach_msg_audit_trailer_t",
  size: 52,
  at: {
    msgh_trailer_type: 0,
    msgh_trailer_size: 4,
    msgh_seqno: 8,
    msgh_sender: 12,
    msgh_audit: 20,
  },
} as const satisfies Layout;

/** A notification that a name is dead. */
export const DEAD_NAME_NOTIFICATION = {
  name: "mach_dead_name_notification_t",
  at: { not_port: 32 },
} as const satisfies Layout;

/** What a port's status tells. */
export const PORT_STATUS = {
  name: "mach_port_status_t",
  size: 40,
  at: { mps_mscount: 8, mps_srights: 24 },
} as const satisfies Layout;
