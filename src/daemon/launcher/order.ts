// What launcher and daemon tell each other lies in an anonymous file (memfd_create(2)) that only the two have: the
// launcher's order in its first line, then who the daemon is, then that it is ready. It goes with the last
// descriptor; no child of the daemon gets one, which a variable in the environment could not promise.

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { checked, cstring } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { close, OPEN, open, readAll, readLink, writeAll } from "../../file/posix.ts";
import type { LaunchState } from "./system.ts";

const NAME = "procref-daemon";
const { MFD_CLOEXEC } = LINUX;
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
}

/** Makes the file, with the order in it. @throws {SystemError} */
export function writeOrder(order: Order): number {
  const descriptor = anonymousFile(NAME);
  append(descriptor, JSON.stringify(order));
  return descriptor;
}

/** A file without a name, close-on-exec. @throws {SystemError} */
export function anonymousFile(name: string): number {
  return checked(daemons().memfd_create(cstring(name), MFD_CLOEXEC), "memfd_create");
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
  return readLink(`/proc/self/fd/${descriptor}`)?.startsWith(`/memfd:${NAME} `) ?? false;
}

/** Reads what is there by now. @throws {SystemError} */
export function readOrder(descriptor: number): OrderState {
  const [order = "null", daemon = "", ready = ""] = textOf(descriptor).split("\n");
  const [pid, startTime] = daemon.split(" ");
  return {
    // Its only writer is this module, in this version: the file is handed from process to process by descriptor.
    order: JSON.parse(order) as Order,
    daemon: startTime === undefined ? undefined : { pid: Number(pid), startTime },
    ready: ready === "" ? undefined : String(JSON.parse(ready)),
  };
}

/** All of an anonymous file, or its end, without a change to the position at which it is written. */
export function textOf(descriptor: number): string {
  const file = open(`/proc/self/fd/${descriptor}`, OPEN.readOnly);
  try {
    return new TextDecoder().decode(readAll(file, LARGEST));
  } finally {
    close(file);
  }
}
