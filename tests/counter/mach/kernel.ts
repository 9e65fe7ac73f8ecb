// A Mach kernel in a few hundred lines: tasks, ports, rights, messages, notifications, and a bootstrap server. Rules as
// in XNU's osfmk/ipc (ipc_right.c, ipc_port.c, ipc_kmsg.c, ipc_notify.c) and in "Mach 3 Kernel Interfaces".

import { MACH } from "../../../ffi/numbers/mach.ts";
import { type Message, newPort, type Port, type Right } from "./port.ts";
import { Task } from "./task.ts";

const KERNEL = { user: 0, process: 0 };
const NOTIFY_PORT_DELETED = 0o101;

/** The kernel. */
export class Kernel {
  readonly tasks = new Set<Task>();
  readonly #services = new Map<string, Port>();
  /** Ports that are not dead: what is left when everybody has ended is a leak. */
  readonly ports = new Set<Port>();

  /** A new process. */
  start(process: number, user: number): Task {
    const task = new Task(this, process, user);
    this.tasks.add(task);
    return task;
  }

  /** The end of a process, however it comes. Its rights go before anybody hears of its death. */
  terminate(task: Task): void {
    if (!this.tasks.delete(task)) return;
    task.empty();
  }

  createPort(receiver: Task): Port {
    const port = newPort(receiver);
    this.ports.add(port);
    return port;
  }

  /** Takes a name; undefined: it is taken. The bootstrap server keeps a send right to hand out. */
  checkIn(service: string, receiver: Task): Port | undefined {
    if (this.#services.has(service)) return undefined;
    const port = this.createPort(receiver);
    port.sendRights++;
    this.#services.set(service, port);
    return port;
  }

  /** Another send right to the port of that name. */
  lookUp(service: string): Port | undefined {
    const port = this.#services.get(service);
    if (port !== undefined) port.sendRights++;
    return port;
  }

  /** The receive right is gone: the port dies, and with it what is in its queue. */
  destroy(port: Port): void {
    port.receiver = undefined;
    this.ports.delete(port);
    port.set?.members.delete(port);
    for (const [service, registered] of this.#services) {
      if (registered === port) this.#services.delete(service);
    }
    const { noSenders } = port;
    port.noSenders = undefined;
    for (const message of port.queue.splice(0)) this.discard(message);
    for (const task of this.tasks) task.portDied(port);
    if (noSenders !== undefined) this.dropSendOnce(noSenders);
  }

  /** The rights in a message that nobody receives. */
  discard({ answerTo, right }: Message): void {
    for (const each of [answerTo, right]) if (each !== undefined) this.drop(each);
  }

  drop({ kind, port }: Right): void {
    if (kind === "send") this.dropSend(port);
    else this.dropSendOnce(port);
  }

  /** One send right less. The last one tells who has asked. */
  dropSend(port: Port): void {
    port.sendRights--;
    if (port.receiver === undefined || port.sendRights > 0) return;
    const { noSenders } = port;
    if (noSenders === undefined) return;
    port.noSenders = undefined;
    this.tell(noSenders, MACH.MACH_NOTIFY_NO_SENDERS, port.made);
  }

  /** A send-once right that was never used: its port is told. */
  dropSendOnce(port: Port): void {
    this.tell(port, MACH.MACH_NOTIFY_SEND_ONCE);
  }

  /** Asks to be told; at once, if it is so already. Returns the request that this one replaces. */
  requestNoSenders(port: Port, sync: number, to: Port): Port | undefined {
    const previous = port.noSenders;
    if (port.sendRights === 0 && sync <= port.made) {
      port.noSenders = undefined;
      this.tell(to, MACH.MACH_NOTIFY_NO_SENDERS, port.made);
    } else port.noSenders = to;
    return previous;
  }

  /** A right for whose death somebody was to be told is gone before. */
  tellDeleted(to: Port, name: number): void {
    this.tell(to, NOTIFY_PORT_DELETED, name);
  }

  /** A notification: NDR record, then a name or a number. */
  tell(port: Port, id: number, value?: number): void {
    if (port.receiver === undefined) return;
    const payload = new Uint8Array(value === undefined ? 0 : 12);
    if (value !== undefined) new DataView(payload.buffer).setUint32(8, value, true);
    port.queue.push({ id, answerTo: undefined, right: undefined, payload, sender: KERNEL });
  }
}
