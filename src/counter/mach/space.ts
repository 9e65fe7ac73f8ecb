// A process's Mach ports (<mach/mach_port.h>). A port is a queue in the kernel; a receive right to it is held by one
// process, send rights by any number. When a process dies, however it dies, the kernel takes its rights away: ports
// that it received from are dead to all who held rights to them, and a port that has lost its last send right says so
// to whoever has asked (MACH_NOTIFY_NO_SENDERS).

import { ProcrefError } from "../../../ffi/errors.ts";
import type { MACH_PORTS } from "../../../ffi/libsystem.ts";
import { cstring } from "../../../ffi/libc.ts";
import { MACH, PORT_STATUS } from "../../../ffi/numbers/mach.ts";
import type { BoundElsewhere, Library } from "../../../ffi/types.ts";
import { decode, encode, type Incoming, MESSAGE_ROOM, type Outgoing } from "./message.ts";

/** What of libSystem is used. */
export interface MachKernel {
  readonly ports: Library<typeof MACH_PORTS>;
  /** `mach_msg` on another thread. */
  readonly messageElsewhere: BoundElsewhere<typeof MACH_PORTS.mach_msg>;
}

/** What became of a request: an answer; the other side is dead, or died with it; or there was none in time. */
export type Answer = Incoming | "unsent" | "lost" | "late";

const TRAILER = MACH.MACH_RCV_TRAILER_AUDIT << 24;
const RECEIVE = MACH.MACH_RCV_MSG | TRAILER;

/** The rights of this process, as one thread uses them. */
export class Space {
  readonly #kernel: MachKernel;
  readonly #name = new Uint32Array(1);
  readonly #buffer = new Uint8Array(MESSAGE_ROOM);
  readonly #task: number;
  #bootstrap: number | undefined;

  constructor(kernel: MachKernel) {
    this.#kernel = kernel;
    this.#task = kernel.ports.mach_task_self();
  }

  /** A new port, or a set of ports, to receive from. */
  allocate(right: number = MACH.MACH_PORT_RIGHT_RECEIVE): number {
    const { mach_port_allocate } = this.#kernel.ports;
    succeeded(mach_port_allocate(this.#task, right, this.#name), "mach_port_allocate");
    return this.#name[0] ?? 0;
  }

  /** Puts a port into a set. */
  join(port: number, set: number): void {
    const { mach_port_move_member } = this.#kernel.ports;
    succeeded(mach_port_move_member(this.#task, port, set), "mach_port_move_member");
  }

  /** Destroys a port of ours: its messages, with the rights in them, go too. */
  destroy(port: number): void {
    const { mach_port_mod_refs } = this.#kernel.ports;
    mach_port_mod_refs(this.#task, port, MACH.MACH_PORT_RIGHT_RECEIVE, -1);
  }

  /** Gives one right back, dead or alive. */
  give(name: number): void {
    if (name === MACH.MACH_PORT_NULL || name === MACH.MACH_PORT_DEAD) return;
    this.#kernel.ports.mach_port_deallocate(this.#task, name);
  }

  /** True if the port behind a right of ours is no more. */
  isDead(name: number): boolean {
    const status = this.#kernel.ports.mach_port_type(this.#task, name, this.#name);
    return status !== 0 || ((this.#name[0] ?? 0) & MACH.MACH_PORT_TYPE_DEAD_NAME) !== 0;
  }

  /** True if anybody holds a send right to a port of ours, or one is on its way. */
  hasSenders(port: number): boolean {
    const status = new Uint32Array(PORT_STATUS.size / 4);
    const length = new Uint32Array([MACH.MACH_PORT_RECEIVE_STATUS_COUNT]);
    const { mach_port_get_attributes } = this.#kernel.ports;
    const result = mach_port_get_attributes(
      this.#task,
      port,
      MACH.MACH_PORT_RECEIVE_STATUS,
      status,
      length,
    );
    succeeded(result, "mach_port_get_attributes");
    return status[PORT_STATUS.at.mps_srights / 4] !== 0;
  }

  /**
   * Asks for a message to `notify` when a port of ours has lost its last send right, once one was made (NO_SENDERS),
   * or when the port behind a right of ours is dead (DEAD_NAME).
   */
  notify(name: number, what: number, notify: number): void {
    const { mach_port_request_notification } = this.#kernel.ports;
    const result = mach_port_request_notification(
      this.#task,
      name,
      what,
      1, // made once at least; or: also if it is dead already
      notify,
      MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE,
      this.#name,
    );
    succeeded(result, "mach_port_request_notification");
  }

  /** Receives for a name of the bootstrap server; undefined where somebody else does. */
  checkIn(service: string): number | undefined {
    const { bootstrap_check_in } = this.#kernel.ports;
    const result = bootstrap_check_in(this.#bootstrapPort(), cstring(service), this.#name);
    return result === 0 ? this.#name[0] : undefined;
  }

  /** A send right to whoever receives for a name; undefined where nobody does. */
  lookUp(service: string): number | undefined {
    const { bootstrap_look_up } = this.#kernel.ports;
    const result = bootstrap_look_up(this.#bootstrapPort(), cstring(service), this.#name);
    return result === 0 ? this.#name[0] : undefined;
  }

  #bootstrapPort(): number {
    if (this.#bootstrap === undefined) {
      const { task_get_special_port } = this.#kernel.ports;
      const result = task_get_special_port(this.#task, MACH.TASK_BOOTSTRAP_PORT, this.#name);
      succeeded(result, "task_get_special_port");
      this.#bootstrap = this.#name[0];
    }
    return this.#bootstrap ?? 0;
  }

  /** Sends; false: the port is dead, and what was to travel is still here. */
  send(message: Outgoing): boolean {
    const length = encode(message, this.#buffer);
    const { mach_msg } = this.#kernel.ports;
    const result = mach_msg(this.#buffer, MACH.MACH_SEND_MSG, length, 0, 0, 0, 0) >>> 0;
    if (result === MACH.MACH_SEND_INVALID_DEST) return false;
    succeeded(result, "mach_msg");
    return true;
  }

  /** Sends, and receives one answer at `answerTo`, in one system call. */
  ask(message: Outgoing & { readonly answerTo: number }, timeout: number): Answer {
    const bytes = this.#buffer;
    const length = encode(message, bytes);
    const { mach_msg } = this.#kernel.ports;
    const options = MACH.MACH_SEND_MSG | RECEIVE | MACH.MACH_RCV_TIMEOUT;
    const result = mach_msg(bytes, options, length, bytes.length, message.answerTo, timeout, 0) >>>
      0;
    if (result === MACH.MACH_SEND_INVALID_DEST) return "unsent";
    if (result === MACH.MACH_RCV_TIMED_OUT) return "late";
    succeeded(result, "mach_msg");
    const answer = decode(bytes);
    // The right to answer was destroyed unused: whoever held it is gone, and what travelled to him too.
    return answer.id === MACH.MACH_NOTIFY_SEND_ONCE ? "lost" : answer;
  }

  /** Receives the next message; undefined if none comes in time. */
  receive(port: number, timeout: number): Incoming | undefined {
    const bytes = this.#buffer;
    const { mach_msg } = this.#kernel.ports;
    const options = RECEIVE | MACH.MACH_RCV_TIMEOUT;
    const result = mach_msg(bytes, options, 0, bytes.length, port, timeout, 0) >>> 0;
    if (result === MACH.MACH_RCV_TIMED_OUT) return undefined;
    succeeded(result, "mach_msg");
    return decode(bytes);
  }

  /** Receives the next message on another thread. */
  async receiveElsewhere(port: number): Promise<Incoming> {
    const bytes = new Uint8Array(MESSAGE_ROOM);
    const { messageElsewhere } = this.#kernel;
    succeeded(await messageElsewhere(bytes, RECEIVE, 0, bytes.length, port, 0, 0), "mach_msg");
    return decode(bytes);
  }
}

function succeeded(status: number, call: string): void {
  if (status === MACH.KERN_SUCCESS) return;
  throw new ProcrefError("system", `${call}: kern_return_t 0x${(status >>> 0).toString(16)}`);
}
