// libSystem's functions in a process whose kernel is simulated by another one.

import { files, processes } from "../../../ffi/libc.ts";
import { LIBC_FILES, native } from "../../../ffi/mod.ts";
import type { Access } from "../../../src/counter/mach/connection.ts";
import { type MachKernel, Space } from "../../../src/counter/mach/space.ts";
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

const READ = { args: ["i32", "buffer", "u32"], returns: "i32" } as const;

/** A socket on which one call is made at a time. */
class Line {
  readonly #descriptor: number;
  readonly #read = native.openElsewhere(LIBC_FILES, "read", READ);

  constructor(name: string, user: number) {
    const libc = sockets();
    this.#descriptor = libc.socket(AF_UNIX, STREAM_CLOEXEC, 0);
    const there = address(name);
    if (libc.connect(this.#descriptor, there, there.length) === -1) {
      throw new Error(`No simulated kernel at ${name}`);
    }
    this.call("hello", [processes().getpid(), user]);
  }

  call(name: string, values: readonly unknown[]): number {
    this.#write(name, values);
    const head = readExactly(this.#descriptor, 4);
    return this.#take(head, values);
  }

  async callElsewhere(name: string, values: readonly unknown[]): Promise<number> {
    this.#write(name, values);
    const head = new Uint8Array(4);
    const count = await this.#read(this.#descriptor, head, 4);
    return this.#take(count === 4 ? head : undefined, values);
  }

  #write(name: string, values: readonly unknown[]): void {
    if (!writeFully(this.#descriptor, pack(name, values.map(plain)))) {
      throw new Error("Kernel gone");
    }
  }

  #take(head: Uint8Array | undefined, values: readonly unknown[]): number {
    const body = head && readExactly(this.#descriptor, lengthOf(head));
    if (body === undefined) throw new Error("The simulated kernel is gone");
    const { head: result, values: written } = unpack(body);
    values.filter(ArrayBuffer.isView).forEach((memory, index) => {
      const bytes = written[index];
      const target = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
      if (bytes instanceof Uint8Array) target.set(bytes);
    });
    return Number(result);
  }
}

function plain(value: unknown): Value {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return typeof value === "number" ? value : null;
}

const FUNCTIONS = [
  "mach_task_self",
  "task_get_special_port",
  "bootstrap_check_in",
  "bootstrap_look_up",
  "mach_port_allocate",
  "mach_port_deallocate",
  "mach_port_mod_refs",
  "mach_port_move_member",
  "mach_port_type",
  "mach_port_get_attributes",
  "mach_port_request_notification",
  "mach_msg",
] as const;

/** This thread's way to the kernel that is simulated at a socket of this name. */
export function simulated(name: string): Access {
  const user = processes().geteuid();
  void files();
  const line = new Line(name, user);
  const elsewhere = new Line(name, user);
  const ports = Object.fromEntries(
    FUNCTIONS.map((name) => [name, (...values: unknown[]) => line.call(name, values)]),
  ) as unknown as MachKernel["ports"];
  const kernel: MachKernel = {
    ports,
    messageElsewhere: (...values) => elsewhere.callElsewhere("mach_msg", values),
  };
  return { space: new Space(kernel), user, startKeeper: () => void line.call("startKeeper", []) };
}
