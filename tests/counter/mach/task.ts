// A process's port names. A name stands for a receive right, send rights (counted), both to one port, one send-once
// right, a set of ports, or, when the port has died, for as many references to nothing.

import { MACH } from "../../../ffi/numbers/mach.ts";
import type { Kernel } from "./kernel.ts";
import type { Port, PortSet, Right } from "./port.ts";

interface Entry {
  readonly port: Port | undefined;
  readonly set: PortSet | undefined;
  receives: boolean;
  sends: number;
  sendsOnce: boolean;
  dead: number;
  /** Whom to tell when the port dies. */
  deathRequest: Port | undefined;
}

/** The status of a call: 0, or a kern_return_t. */
export type Status = number;

const FIRST_NAME = 0x103;
const NAME_STEP = 0x100;

/** A process, as its ports know it. */
export class Task {
  readonly kernel: Kernel;
  readonly process: number;
  readonly user: number;
  readonly #entries = new Map<number, Entry>();
  #next = FIRST_NAME;

  constructor(kernel: Kernel, process: number, user: number) {
    this.kernel = kernel;
    this.process = process;
    this.user = user;
  }

  get alive(): boolean {
    return this.kernel.tasks.has(this);
  }

  #add(entry: Partial<Entry>): number {
    const name = this.#next;
    this.#next += NAME_STEP;
    this.#entries.set(name, {
      port: undefined,
      set: undefined,
      receives: false,
      sends: 0,
      sendsOnce: false,
      dead: 0,
      deathRequest: undefined,
      ...entry,
    });
    return name;
  }

  allocate(right: number): number {
    if (right === MACH.MACH_PORT_RIGHT_PORT_SET) return this.#add({ set: { members: new Set() } });
    return this.addReceive(this.kernel.createPort(this));
  }

  addReceive(port: Port): number {
    return this.#add({ port, receives: true });
  }

  /** A right arrives. Send rights to one port share a name; a send-once right has one of its own. */
  copyOut({ kind, port }: Right): number {
    if (kind === "send-once") return this.#add({ port, sendsOnce: true });
    const known = this.#find(port);
    if (known === undefined) return this.#add({ port, sends: 1 });
    const entry = this.#expect(known);
    // A space holds one send right to a port, with as many references as were given to it.
    if (entry.sends > 0) port.sendRights--;
    entry.sends++;
    return known;
  }

  #find(port: Port): number | undefined {
    for (const [name, entry] of this.#entries) {
      if (entry.port === port && !entry.sendsOnce) return name;
    }
    return undefined;
  }

  #expect(name: number): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`No name ${name}`);
    return entry;
  }

  /** What a right would send to: a port, a dead one, or none. */
  destination(name: number): Port | "dead" | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    return entry.dead > 0 ? "dead" : entry.port;
  }

  /** A right leaves in a message, as the disposition says; undefined: there is none to leave. */
  copyIn(name: number, disposition: number): Right | undefined {
    const entry = this.#entries.get(name);
    const port = entry?.port;
    if (entry === undefined || port === undefined) return undefined;
    switch (disposition) {
      case MACH.MACH_MSG_TYPE_MAKE_SEND:
        if (!entry.receives) return undefined;
        port.made++;
        port.sendRights++;
        return { kind: "send", port };
      case MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE:
        return entry.receives ? { kind: "send-once", port } : undefined;
      case MACH.MACH_MSG_TYPE_COPY_SEND:
        if (entry.sends === 0) return undefined;
        port.sendRights++;
        return { kind: "send", port };
      case MACH.MACH_MSG_TYPE_MOVE_SEND:
        return this.#moveSend(name, entry, port);
      case MACH.MACH_MSG_TYPE_MOVE_SEND_ONCE:
        if (!entry.sendsOnce) return undefined;
        entry.sendsOnce = false;
        this.#clean(name, entry);
        return { kind: "send-once", port };
      default:
        return undefined;
    }
  }

  #moveSend(name: number, entry: Entry, port: Port): Right | undefined {
    if (entry.sends === 0) return undefined;
    if (entry.sends > 1) port.sendRights++;
    entry.sends--;
    this.#clean(name, entry);
    return { kind: "send", port };
  }

  /** Gives back one reference of whatever the name stands for, receive rights excepted. */
  deallocate(name: number): Status {
    const entry = this.#entries.get(name);
    if (entry === undefined) return MACH.KERN_INVALID_NAME;
    const { port } = entry;
    if (entry.dead > 0) entry.dead--;
    else if (port !== undefined && entry.sendsOnce) {
      entry.sendsOnce = false;
      this.kernel.dropSendOnce(port);
    } else if (port !== undefined && entry.sends > 0) {
      entry.sends--;
      if (entry.sends === 0) this.kernel.dropSend(port);
    } else return MACH.KERN_INVALID_RIGHT;
    this.#clean(name, entry);
    return MACH.KERN_SUCCESS;
  }

  /** Gives up the receive right: the port dies. */
  destroyReceive(name: number): Status {
    const entry = this.#entries.get(name);
    if (entry === undefined) return MACH.KERN_INVALID_NAME;
    const { port } = entry;
    if (port === undefined || !entry.receives) return MACH.KERN_INVALID_RIGHT;
    entry.receives = false;
    this.kernel.destroy(port);
    this.#clean(name, entry);
    return MACH.KERN_SUCCESS;
  }

  /** A name that stands for nothing is free; who waited for the death of what it named is told. */
  #clean(name: number, entry: Entry): void {
    if (entry.receives || entry.sends > 0 || entry.sendsOnce || entry.dead > 0) return;
    this.#entries.delete(name);
    const { deathRequest } = entry;
    if (deathRequest !== undefined) this.kernel.tellDeleted(deathRequest, name);
  }

  /** A port has died: our rights to it become dead names. */
  portDied(port: Port): void {
    for (const [name, entry] of this.#entries) {
      if (entry.port !== port) continue;
      const references = entry.sends + (entry.sendsOnce ? 1 : 0);
      if (references === 0) continue;
      port.sendRights -= entry.sends > 0 ? 1 : 0;
      entry.sends = 0;
      entry.sendsOnce = false;
      entry.dead += references;
      const { deathRequest } = entry;
      entry.deathRequest = undefined;
      if (deathRequest !== undefined) this.#tellDead(name, entry, deathRequest);
    }
  }

  // The notification holds a reference to the dead name, so that it stays the same until it is received.
  #tellDead(name: number, entry: Entry, to: Port): void {
    entry.dead++;
    this.kernel.tell(to, MACH.MACH_NOTIFY_DEAD_NAME, name);
  }

  requestNotification(name: number, what: number, sync: number, notify: number): Status {
    const entry = this.#entries.get(name);
    const to = this.#entries.get(notify);
    if (entry === undefined) return MACH.KERN_INVALID_NAME;
    if (to?.port === undefined || !to.receives) return MACH.KERN_INVALID_RIGHT;
    if (what === MACH.MACH_NOTIFY_NO_SENDERS) {
      if (entry.port === undefined || !entry.receives) return MACH.KERN_INVALID_RIGHT;
      const previous = this.kernel.requestNoSenders(entry.port, sync, to.port);
      if (previous !== undefined) this.kernel.dropSendOnce(previous);
      return MACH.KERN_SUCCESS;
    }
    if (entry.dead > 0) {
      if (sync === 0) return MACH.KERN_INVALID_RIGHT;
      this.#tellDead(name, entry, to.port);
    } else entry.deathRequest = to.port;
    return MACH.KERN_SUCCESS;
  }

  /** Puts a port into a set. */
  moveMember(name: number, set: number): Status {
    const port = this.#entries.get(name)?.port;
    const target = this.#entries.get(set)?.set;
    if (port === undefined || target === undefined) return MACH.KERN_INVALID_NAME;
    port.set?.members.delete(port);
    port.set = target;
    target.members.add(port);
    return MACH.KERN_SUCCESS;
  }

  /** What the name stands for, in bits; undefined: nothing. */
  type(name: number): number | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    return (entry.receives ? MACH.MACH_PORT_TYPE_RECEIVE : 0) |
      (entry.sends > 0 ? MACH.MACH_PORT_TYPE_SEND : 0) |
      (entry.sendsOnce ? MACH.MACH_PORT_TYPE_SEND_ONCE : 0) |
      (entry.dead > 0 ? MACH.MACH_PORT_TYPE_DEAD_NAME : 0) |
      (entry.set === undefined ? 0 : MACH.MACH_PORT_TYPE_PORT_SET);
  }

  /** The port that a receive right is for. */
  receivePort(name: number): Port | undefined {
    const entry = this.#entries.get(name);
    return entry?.receives ? entry.port : undefined;
  }

  /** The ports that can be received from by this name; undefined: none. */
  sources(name: number): readonly Port[] | undefined {
    const entry = this.#entries.get(name);
    if (entry?.set !== undefined) return [...entry.set.members];
    return entry?.receives && entry.port !== undefined ? [entry.port] : undefined;
  }

  nameOf(port: Port): number {
    return this.#find(port) ?? MACH.MACH_PORT_NULL;
  }

  /** True if there is a message for it. */
  get ready(): boolean {
    return [...this.#entries.values()].some(({ receives, port }) =>
      receives && (port?.queue.length ?? 0) > 0
    );
  }

  get names(): number {
    return this.#entries.size;
  }

  /** Everything goes, in the order of the names. */
  empty(): void {
    for (const [name, entry] of [...this.#entries]) {
      entry.deathRequest = undefined;
      if (entry.receives) this.destroyReceive(name);
      while (this.#entries.has(name) && this.deallocate(name) === MACH.KERN_SUCCESS);
      this.#entries.delete(name);
    }
  }
}
