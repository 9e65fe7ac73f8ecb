// An object in shared memory: 16 bytes of header, then MessagePack (the specification is at msgpack.org). All
// numbers of the header are unsigned, 32 bits, little-endian:
//   0  "PRO1" (0x314f5250)    4  length of the MessagePack    8  its FNV-1a hash, 32 bits    12  0
// The hash tells an object from other bytes, and a whole one from one that was half overwritten.

import { decode, encode } from "@std/msgpack";
import { ProcrefError } from "../../../ffi/errors.ts";
import { checkRange } from "./size.ts";

const MAGIC = 0x314f5250;
const HEADER_BYTES = 16;

function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193);
  return value >>> 0;
}

/** Writes an object and returns how many bytes it takes; if they do not fit, nothing is written. */
export function writeObject(memory: Uint8Array, value: unknown, byteOffset: number): number {
  const body = encoded(value);
  const length = HEADER_BYTES + body.length;
  checkRange(byteOffset, length, memory.length);
  const header = new DataView(memory.buffer, memory.byteOffset + byteOffset, HEADER_BYTES);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, body.length, true);
  header.setUint32(8, hash(body), true);
  header.setUint32(12, 0, true);
  memory.set(body, byteOffset + HEADER_BYTES);
  return length;
}

function encoded(value: unknown): Uint8Array {
  try {
    return encode(value);
  } catch (cause) {
    throw new TypeError(
      "An object is made of null, booleans, numbers, bigints of 64 bits, strings, Uint8Arrays, arrays and plain objects",
      { cause },
    );
  }
}

/** Reads an object. @throws {RangeError} @throws {ProcrefError} `"corrupt"`: there is none. */
export function readObject(memory: Uint8Array, byteOffset: number): unknown {
  checkRange(byteOffset, HEADER_BYTES, memory.length);
  const header = new DataView(memory.buffer, memory.byteOffset + byteOffset, HEADER_BYTES);
  const length = header.getUint32(4, true);
  const start = byteOffset + HEADER_BYTES;
  if (header.getUint32(0, true) !== MAGIC || start + length > memory.length) {
    throw new ProcrefError("corrupt", `There is no object at byte ${byteOffset}`);
  }
  // A copy: what is hashed is what is decoded, whatever somebody else writes meanwhile.
  const body = memory.slice(start, start + length);
  if (hash(body) !== header.getUint32(8, true)) {
    throw new ProcrefError("corrupt", `The object at byte ${byteOffset} is damaged`);
  }
  try {
    return decode(body);
  } catch (cause) {
    throw new ProcrefError("corrupt", `The object at byte ${byteOffset} is no MessagePack`, {
      cause,
    });
  }
}
