// What launcher and daemon tell each other lies in a file without a name (nameless.ts) that only the two have: the
// launcher's order in its first line, then who the daemon is, then that it is ready. It goes with the last
// descriptor; no child of the daemon gets one, which a variable in the environment could not promise.

import { statusOf, writeAll } from "../../file/posix.ts";
import { namelessFile, readAt } from "./nameless.ts";
import type { LaunchState } from "./system.ts";

/** What an order begins with. */
const NAME = "procref-daemon ";
const LARGEST = 1 << 20;

/** What the program's second self has to know. */
export interface Order {
  readonly pidFile: string | undefined;
  readonly workingDirectory: string;
  readonly log: string | undefined;
}

/** An order, and what has been written under it. */
export interface OrderState extends LaunchState {
  readonly order: Order;
  /** The pid of the process that is to become the daemon, where it has to be told who it is. */
  readonly pid: number | undefined;
}

/** Makes the file, with the order in it. @throws {SystemError} */
export function writeOrder(order: Order): number {
  const descriptor = namelessFile("procref-order");
  append(descriptor, NAME + JSON.stringify(order));
  return descriptor;
}

/** Tells the launcher that the daemon is ready. @throws {SystemError} */
export function writeReady(descriptor: number, message: string): void {
  append(descriptor, JSON.stringify(message));
}

function append(descriptor: number, line: string): void {
  writeAll(descriptor, new TextEncoder().encode(`${line}\n`));
}

/** True if a descriptor is an order. */
export function isOrder(descriptor: number): boolean {
  try {
    return statusOf(descriptor).regular && textOf(descriptor, NAME.length) === NAME;
  } catch {
    // It is not open, or not for reading.
    return false;
  }
}

/** Reads what is there by now. @throws {SystemError} */
export function readOrder(descriptor: number): OrderState {
  const text = textOf(descriptor, LARGEST).slice(NAME.length);
  const [order = "null", ...lines] = text.split("\n");
  const [pid, startTime] = lines.find((line) => /^\d+ /.test(line))?.split(" ") ?? [];
  const told = lines.find((line) => /^\d+$/.test(line));
  const ready = lines.find((line) => line.startsWith('"'));
  return {
    // Its only writer is this module, in this version: the file is handed from process to process by descriptor.
    order: JSON.parse(order) as Order,
    pid: told === undefined ? undefined : Number(told),
    daemon: startTime === undefined ? undefined : { pid: Number(pid), startTime },
    ready: ready === undefined ? undefined : String(JSON.parse(ready)),
  };
}

function textOf(descriptor: number, length: number): string {
  return new TextDecoder().decode(readAt(descriptor, 0, length));
}
