// Calls of libSystem's functions as bytes, between a process and the one that simulates the kernel.

import { files } from "../../../ffi/libc.ts";
import { LIBC_FILES, native } from "../../../ffi/mod.ts";
import type { Library, SymbolTable } from "../../../ffi/types.ts";

/** A parameter: a number, memory, or a null pointer. */
export type Value = number | Uint8Array | null;

/** Unix sockets, as far as they are needed here (unix(7)). */
export const SOCKETS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  bind: { args: ["i32", "buffer", "u32"], returns: "i32" },
  connect: { args: ["i32", "buffer", "u32"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  accept4: { args: ["i32", "buffer", "buffer", "i32"], returns: "i32" },
  poll: { args: ["buffer", "u32", "i32"], returns: "i32" },
} as const satisfies SymbolTable;

export const AF_UNIX = 1;
export const STREAM_CLOEXEC = 0x80001;

/** `struct sockaddr_un` of an abstract name, which no file stands for. */
export function address(name: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(name);
  const bytes = new Uint8Array(3 + text.length);
  bytes[0] = AF_UNIX;
  bytes.set(text, 3);
  return bytes;
}

/** Opens the socket's functions. */
export function sockets(): Library<typeof SOCKETS> {
  return native.open(LIBC_FILES, SOCKETS);
}

/** Name and parameters, or a result and the memory that was passed. */
export function pack(head: string | number, values: readonly Value[]): Uint8Array<ArrayBuffer> {
  const parts = values.map((value) =>
    value instanceof Uint8Array ? [...value] : value === null ? null : value
  );
  const text = new TextEncoder().encode(JSON.stringify([head, ...parts]));
  const bytes = new Uint8Array(4 + text.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  return bytes;
}

/** Reads what `pack` wrote, without its length. */
export function unpack(bytes: Uint8Array): { head: string | number; values: Value[] } {
  const [head, ...parts] = JSON.parse(new TextDecoder().decode(bytes));
  return {
    head,
    values: parts.map((part: number | number[] | null) =>
      Array.isArray(part) ? new Uint8Array(part) : part
    ),
  };
}

/** Reads exactly so many bytes; undefined at the end of the file. */
export function readExactly(descriptor: number, length: number): Uint8Array | undefined {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const rest = bytes.subarray(done);
    const count = files().read(descriptor, rest, rest.length);
    if (count <= 0) return undefined;
    done += count;
  }
  return bytes;
}

/** Writes all of it; false where nobody reads. */
export function writeFully(descriptor: number, bytes: Uint8Array): boolean {
  for (let rest = bytes; rest.length > 0;) {
    const count = files().write(descriptor, rest, rest.length);
    if (count <= 0) return false;
    rest = rest.subarray(count);
  }
  return true;
}

/** The length of the frame to come. */
export function lengthOf(head: Uint8Array): number {
  return new DataView(head.buffer).getUint32(0, true);
}
