// The functions of libSystem on the simulated kernel: the same parameters, the same structures in the same bytes.

import {
  AUDIT_TRAILER,
  BODY,
  HEADER,
  MACH,
  PORT_DESCRIPTOR,
  PORT_STATUS,
} from "../../../ffi/numbers/mach.ts";
import type { MachKernel } from "../../../src/counter/mach/space.ts";
import type { Message, Port } from "./port.ts";
import type { Task } from "./task.ts";

/** libSystem's functions for Mach ports. */
export type Ports = MachKernel["ports"];

const TASK = 0x203;
const BOOTSTRAP = 0x307;
const QUEUE_LIMIT = 5; // MACH_PORT_QLIMIT_DEFAULT
const BOOTSTRAP_SERVICE_ACTIVE = 1103;
const BOOTSTRAP_UNKNOWN_SERVICE = 1102;
const MOVED_SEND = MACH.MACH_MSG_TYPE_MOVE_SEND;
const MOVED_SEND_ONCE = MACH.MACH_MSG_TYPE_MOVE_SEND_ONCE;
const head = HEADER.at;
const RIGHT_AT = HEADER.size + BODY.size;
const RIGHT_BYTES = BODY.size + PORT_DESCRIPTOR.size;

/** What `mach_msg` returns when it would have to wait. */
export const WAIT = "wait";

function set(cell: unknown, value: number): void {
  if (cell instanceof Uint32Array) cell[0] = value;
}

function text(bytes: unknown): string {
  if (!(bytes instanceof Uint8Array)) return "";
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** Everything but `mach_msg`, for one process. */
export function portCalls(task: Task): Omit<Ports, "mach_msg"> {
  return {
    mach_task_self: () => TASK,
    task_get_special_port(_task, which, port) {
      set(port, BOOTSTRAP);
      return which === MACH.TASK_BOOTSTRAP_PORT ? 0 : MACH.KERN_INVALID_RIGHT;
    },
    bootstrap_check_in(bootstrap, name, port) {
      if (bootstrap !== BOOTSTRAP) return MACH.MACH_SEND_INVALID_DEST;
      const checkedIn = task.kernel.checkIn(text(name), task);
      if (checkedIn === undefined) return BOOTSTRAP_SERVICE_ACTIVE;
      set(port, task.addReceive(checkedIn));
      return 0;
    },
    bootstrap_look_up(bootstrap, name, port) {
      if (bootstrap !== BOOTSTRAP) return MACH.MACH_SEND_INVALID_DEST;
      const found = task.kernel.lookUp(text(name));
      if (found === undefined) return BOOTSTRAP_UNKNOWN_SERVICE;
      set(port, task.copyOut({ kind: "send", port: found }));
      return 0;
    },
    mach_port_allocate(_task, right, name) {
      set(name, task.allocate(right));
      return 0;
    },
    mach_port_deallocate: (_task, name) => task.deallocate(name),
    mach_port_mod_refs(_task, name, right, delta) {
      const isReceive = right === MACH.MACH_PORT_RIGHT_RECEIVE && delta === -1;
      if (!isReceive) throw new Error(`mach_port_mod_refs(${right}, ${delta}) is not simulated`);
      return task.destroyReceive(name);
    },
    mach_port_move_member: (_task, name, into) => task.moveMember(name, into),
    mach_port_type(_task, name, type) {
      const bits = task.type(name);
      set(type, bits ?? 0);
      return bits === undefined ? MACH.KERN_INVALID_NAME : 0;
    },
    mach_port_get_attributes(_task, name, flavor, status, length) {
      const port = task.receivePort(name);
      if (port === undefined) return MACH.KERN_INVALID_RIGHT;
      if (flavor !== MACH.MACH_PORT_RECEIVE_STATUS || !(status instanceof Uint32Array)) return 4;
      status[PORT_STATUS.at.mps_mscount / 4] = port.made;
      // XNU tells only whether there are any.
      status[PORT_STATUS.at.mps_srights / 4] = port.sendRights > 0 ? 1 : 0;
      set(length, MACH.MACH_PORT_RECEIVE_STATUS_COUNT);
      return 0;
    },
    mach_port_request_notification(_task, name, what, sync, notify, disposition, previous) {
      set(previous, MACH.MACH_PORT_NULL);
      if (disposition !== MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE) return MACH.KERN_INVALID_RIGHT;
      return task.requestNotification(name, what, sync, notify);
    },
  };
}

/** Sends what the bytes say. */
export function send(task: Task, bytes: Uint8Array, length: number): number | typeof WAIT {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = view.getUint32(head.msgh_bits, true);
  if (view.getUint32(head.msgh_size, true) !== length || length % 4 !== 0) return 0x10000008;
  const remote = view.getUint32(head.msgh_remote_port, true);
  const port = task.destination(remote);
  if (port === undefined || port === "dead") return MACH.MACH_SEND_INVALID_DEST;
  const disposition = bits & MACH.MACH_MSGH_BITS_REMOTE_MASK;
  const once = disposition === MOVED_SEND_ONCE || disposition === MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE;
  if (!once && port.queue.length >= QUEUE_LIMIT) return WAIT;
  const to = task.copyIn(remote, disposition);
  if (to === undefined) return MACH.MACH_SEND_INVALID_DEST;
  // The right that a message is sent with is used up by it.
  if (to.kind === "send") task.kernel.dropSend(port);
  const local = view.getUint32(head.msgh_local_port, true);
  const answerTo = local === 0 ? undefined : task.copyIn(local, (bits >> 8) & 0x1f);
  const complex = (bits & MACH.MACH_MSGH_BITS_COMPLEX) !== 0;
  const name = complex ? view.getUint32(RIGHT_AT, true) : 0;
  const right = complex ? task.copyIn(name, view.getUint8(RIGHT_AT + 10)) : undefined;
  if ((local !== 0 && answerTo === undefined) || (complex && right === undefined)) {
    return MACH.MACH_SEND_INVALID_RIGHT;
  }
  port.queue.push({
    id: view.getInt32(head.msgh_id, true),
    answerTo,
    right,
    payload: bytes.slice(HEADER.size + (complex ? RIGHT_BYTES : 0), length),
    sender: { user: task.user, process: task.process },
  });
  return MACH.MACH_MSG_SUCCESS;
}

/** Receives the first message there is, into the bytes. */
export function receive(task: Task, bytes: Uint8Array, name: number): number | typeof WAIT {
  const sources = task.sources(name);
  if (sources === undefined) return MACH.MACH_RCV_INVALID_NAME;
  const port = sources.find(({ queue }) => queue.length > 0);
  const message = port?.queue.shift();
  if (port === undefined || message === undefined) return WAIT;
  write(task, port, message, bytes);
  return MACH.MACH_MSG_SUCCESS;
}

function write(task: Task, port: Port, message: Message, bytes: Uint8Array): void {
  const { id, answerTo, right, payload, sender } = message;
  const start = HEADER.size + (right === undefined ? 0 : RIGHT_BYTES);
  const length = start + payload.length;
  const trailer = (length + 3) & ~3;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  bytes.fill(0);
  const complex = right === undefined ? 0 : MACH.MACH_MSGH_BITS_COMPLEX;
  const remote = answerTo === undefined ? 0 : MOVED_SEND_ONCE;
  view.setUint32(head.msgh_bits, (complex | remote | MOVED_SEND << 8) >>> 0, true);
  view.setUint32(head.msgh_size, length, true);
  view.setUint32(
    head.msgh_remote_port,
    answerTo === undefined ? 0 : arrived(task, answerTo),
    true,
  );
  view.setUint32(head.msgh_local_port, task.nameOf(port), true);
  view.setInt32(head.msgh_id, id, true);
  if (right !== undefined) {
    view.setUint32(HEADER.size, 1, true);
    view.setUint32(RIGHT_AT, arrived(task, right), true);
    view.setUint8(RIGHT_AT + 10, right.kind === "send" ? MOVED_SEND : MOVED_SEND_ONCE);
  }
  bytes.set(payload, start);
  view.setUint32(trailer + AUDIT_TRAILER.at.msgh_trailer_size, AUDIT_TRAILER.size, true);
  const audit = trailer + AUDIT_TRAILER.at.msgh_audit;
  view.setUint32(audit + 4, sender.user, true);
  view.setUint32(audit + 20, sender.process, true);
}

/** The name of a right that has arrived; none, if its port died on the way. */
function arrived(task: Task, right: NonNullable<Message["right"]>): number {
  return right.port.receiver === undefined ? MACH.MACH_PORT_DEAD : task.copyOut(right);
}
