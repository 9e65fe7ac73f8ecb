// The simulated kernel as a process of its own: real processes call it over a socket. The real kernel closes a process's
// sockets at its death, before anybody else can hear of that; so the death comes first here as well.

import process from "node:process";
import { files } from "../../../ffi/libc.ts";
import { MACH } from "../../../ffi/numbers/mach.ts";
import { POLLFD } from "../../../ffi/numbers/linux.ts";
import { Keeper } from "../../../src/counter/mach/keeper.ts";
import { serviceName } from "../../../src/counter/mach/protocol.ts";
import { Space } from "../../../src/counter/mach/space.ts";
import { portCalls, type Ports, receive, send, WAIT } from "./calls.ts";
import { Kernel } from "./kernel.ts";
import type { Task } from "./task.ts";
import {
  address,
  AF_UNIX,
  lengthOf,
  pack,
  readExactly,
  sockets,
  STREAM_CLOEXEC,
  unpack,
  type Value,
  writeFully,
} from "./wire.ts";

const [name = ""] = process.argv.slice(2);
const libc = sockets();
const kernel = new Kernel();
const POLLIN = 1;
const CLOEXEC = 0x80000;
const LINGER = 50; // ms
const FIRST_KEEPER = 0x7000_0000;

/** One thread of a process, and the call in which it waits. */
interface Connection {
  readonly descriptor: number;
  task: Task | undefined;
  waiting: { readonly values: Value[]; sent: boolean; readonly end: number } | undefined;
}

const connections = new Map<number, Connection>();
const tasks = new Map<number, Task>();
const keepers = new Set<{ readonly task: Task; readonly keeper: Keeper; idleSince: number }>();
let keepersStarted = 0;

/** Which descriptors have something to read, or have been closed. */
function ready(timeout: number): { readable: number[]; closed: number[] } {
  const descriptors = [listener, 0, ...connections.keys()];
  const table = new Uint8Array(descriptors.length * POLLFD.size);
  const view = new DataView(table.buffer);
  descriptors.forEach((descriptor, index) => {
    view.setInt32(index * POLLFD.size, descriptor, true);
    view.setInt16(index * POLLFD.size + POLLFD.at.events, POLLIN, true);
  });
  libc.poll(table, descriptors.length, timeout);
  const events = (index: number) => view.getInt16(index * POLLFD.size + POLLFD.at.revents, true);
  return {
    readable: descriptors.filter((_, index) => (events(index) & POLLIN) !== 0),
    closed: descriptors.filter((_, index) => (events(index) & ~POLLIN) !== 0),
  };
}

function buryTheDead(closed: readonly number[]): void {
  for (const descriptor of closed) {
    // The test is over.
    if (descriptor === 0) process.exit(0);
    const connection = connections.get(descriptor);
    if (connection === undefined) continue;
    connections.delete(descriptor);
    files().close(descriptor);
    const { task } = connection;
    if (task === undefined) continue;
    kernel.terminate(task);
    tasks.delete(task.process);
  }
}

/** A keeper's own calls: whatever it waits for is not there, for it is only asked when something is. */
function keeperPorts(task: Task): Ports {
  return {
    ...portCalls(task),
    mach_msg(bytes, options, length, _room, name) {
      if (!(bytes instanceof Uint8Array)) return MACH.MACH_SEND_INVALID_RIGHT;
      const result = (options & MACH.MACH_SEND_MSG) !== 0
        ? send(task, bytes, length)
        : receive(task, bytes, name);
      return result === WAIT ? MACH.MACH_RCV_TIMED_OUT : result;
    },
  };
}

function startKeeper(user: number): void {
  const task = kernel.start(FIRST_KEEPER + keepersStarted++, user);
  const space = new Space({
    ports: keeperPorts(task),
    messageElsewhere: () => Promise.reject(new Error("A keeper waits nowhere else")),
  });
  const service = space.checkIn(serviceName(user));
  if (service === undefined) return kernel.terminate(task);
  const keeper = new Keeper(space, service, user, LINGER);
  keepers.add({ task, keeper, idleSince: performance.now() });
}

/** Everybody who can go on does. */
function schedule(): void {
  for (let busy = true; busy;) {
    busy = false;
    for (const one of keepers) {
      const idle = performance.now() - one.idleSince > LINGER;
      if (!one.task.ready && !idle) continue;
      one.idleSince = performance.now();
      busy ||= one.task.ready;
      if (one.keeper.turn()) continue;
      keepers.delete(one);
      kernel.terminate(one.task);
    }
    for (const connection of connections.values()) {
      if (connection.waiting !== undefined && message(connection)) busy = true;
    }
  }
}

/** Goes on with a mach_msg; true if it is over. */
function message({ descriptor, task, waiting }: Connection): boolean {
  if (task === undefined || waiting === undefined) return false;
  const [bytes, options, length, , name] = waiting.values;
  if (!(bytes instanceof Uint8Array)) throw new Error("mach_msg without a message");
  const flags = Number(options);
  const over = (result: number) => {
    const connection = connections.get(descriptor);
    if (connection !== undefined) connection.waiting = undefined;
    writeFully(descriptor, pack(result, [bytes]));
    return true;
  };
  if ((flags & MACH.MACH_SEND_MSG) !== 0 && !waiting.sent) {
    const result = send(task, bytes, Number(length));
    if (result === WAIT) return false;
    if (result !== MACH.MACH_MSG_SUCCESS) return over(result);
    waiting.sent = true;
  }
  if ((flags & MACH.MACH_RCV_MSG) === 0) return over(MACH.MACH_MSG_SUCCESS);
  const result = receive(task, bytes, Number(name));
  if (result !== WAIT) return over(result);
  return performance.now() > waiting.end ? over(MACH.MACH_RCV_TIMED_OUT) : false;
}

function serve(connection: Connection, head: string | number, values: Value[]): void {
  const { descriptor, task } = connection;
  if (head === "hello") {
    const [pid, user] = values.map(Number);
    connection.task = tasks.get(pid ?? 0) ?? kernel.start(pid ?? 0, user ?? 0);
    tasks.set(pid ?? 0, connection.task);
    writeFully(descriptor, pack(0, []));
    return;
  }
  if (task === undefined) throw new Error("A call before hello");
  if (head === "startKeeper") {
    startKeeper(task.user);
    writeFully(descriptor, pack(0, []));
  } else if (head === "mach_msg") {
    const timed = (Number(values[1]) & MACH.MACH_RCV_TIMEOUT) !== 0;
    const end = timed ? performance.now() + Number(values[5]) : Infinity;
    connection.waiting = { values, sent: false, end };
    message(connection);
  } else {
    const call = Reflect.get(portCalls(task), head);
    const words = values.map((value) =>
      value instanceof Uint8Array && value.length % 4 === 0 && head !== "bootstrap_check_in" &&
        head !== "bootstrap_look_up"
        ? new Uint32Array(value.buffer)
        : value
    );
    // The last pointer of a bootstrap call is the port, the one before it the name.
    const last = words.at(-1);
    if (last instanceof Uint8Array) words[words.length - 1] = new Uint32Array(last.buffer);
    const result: number = call(...words);
    writeFully(descriptor, pack(result, values.filter((value) => value instanceof Uint8Array)));
  }
}

const listener = libc.socket(AF_UNIX, STREAM_CLOEXEC, 0);
const own = address(name);
if (libc.bind(listener, own, own.length) === -1) throw new Error(`bind to ${name}`);
libc.listen(listener, 1024);
console.log("ready");

for (;;) {
  const waits = keepers.size > 0 || [...connections.values()].some(({ waiting }) => waiting);
  const { readable } = ready(waits ? LINGER / 5 : -1);
  for (const descriptor of readable) {
    if (descriptor === listener) {
      const accepted = libc.accept4(listener, null, null, CLOEXEC);
      connections.set(accepted, { descriptor: accepted, task: undefined, waiting: undefined });
      continue;
    }
    // Whoever died before this call was made is dead when it is served.
    buryTheDead(ready(0).closed);
    schedule();
    const connection = connections.get(descriptor);
    if (connection === undefined) continue;
    const head = readExactly(descriptor, 4);
    const body = head && readExactly(descriptor, lengthOf(head));
    if (body === undefined) {
      buryTheDead([descriptor]);
      continue;
    }
    const { head: name, values } = unpack(body);
    serve(connection, name, values);
    schedule();
  }
  buryTheDead(ready(0).closed);
  schedule();
}
