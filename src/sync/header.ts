// What every object begins with: 512 bytes that say what it is. Read and checked before anything is mapped.

import { ProcrefError } from "../../ffi/errors.ts";
import { quote } from "../name.ts";

/** What kinds of objects there are; their numbers are part of the format. */
export const KINDS = {
  "memory": 1,
  "array": 2,
  "mutex": 3,
  "monitor": 4,
  "semaphore": 5,
  "binary semaphore": 6,
  "condition variable": 7,
} as const;

/** One of them. */
export type Kind = keyof typeof KINDS;

/** What an object's header says. */
export interface ObjectHeader {
  readonly kind: Kind;
  readonly name: string;
  /** Bytes after the header. */
  readonly byteLength: number;
  /** The element type of an array, as a number; 0 for other kinds. */
  readonly element: number;
  /** Where thread numbers were given out (SyncSystem.scope), for what names threads; else 0. */
  readonly scope: bigint;
}

/** The header's size: what follows is aligned for every element type and for a cache line. */
export const HEADER_BYTES = 512;
/** The longest payload. */
export const LARGEST_PAYLOAD = 2 ** 31 - 2 ** 16;

const MAGIC = 0x0066_6572_636f_7270n; // "procref\0"
const VERSION = 1;
const OFFSETS = {
  magic: 0,
  version: 8,
  kind: 12,
  byteLength: 16,
  element: 20,
  scope: 24,
  nameLength: 32,
  name: 64,
};
const LONGEST_NAME = 255;

/** The header's bytes. All numbers are little-endian. */
export function encodeHeader(header: ObjectHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const name = new TextEncoder().encode(header.name);
  view.setBigUint64(OFFSETS.magic, MAGIC, true);
  view.setUint32(OFFSETS.version, VERSION, true);
  view.setUint32(OFFSETS.kind, KINDS[header.kind], true);
  view.setUint32(OFFSETS.byteLength, header.byteLength, true);
  view.setUint32(OFFSETS.element, header.element, true);
  view.setBigUint64(OFFSETS.scope, header.scope, true);
  view.setUint32(OFFSETS.nameLength, name.length, true);
  bytes.set(name, OFFSETS.name);
  return bytes;
}

/**
 * Reads a header, believing nothing.
 *
 * @param bytes The first bytes of the object, fewer than a header's if it is shorter.
 * @param size The object's size, header included, as the system tells it.
 * @param kind What was asked for.
 * @param name What was asked for.
 * @throws {ProcrefError} `"corrupt"`: these are no header's bytes, or the size is not what they say;
 * `"mismatch"`: it was written by another version, or is another object.
 */
export function decodeHeader(
  bytes: Uint8Array,
  size: number,
  kind: Kind,
  name: string,
): ObjectHeader {
  const what = `The ${kind} ${quote(name)}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES || view.getBigUint64(OFFSETS.magic, true) !== MAGIC) {
    throw new ProcrefError("corrupt", `${what} has no header of procref's (${size} bytes)`);
  }
  const version = view.getUint32(OFFSETS.version, true);
  if (version !== VERSION) {
    throw new ProcrefError("mismatch", `${what} has format ${version}, this is ${VERSION}`);
  }
  const byteLength = view.getUint32(OFFSETS.byteLength, true);
  if (byteLength < 1 || byteLength > LARGEST_PAYLOAD || size !== HEADER_BYTES + byteLength) {
    throw new ProcrefError(
      "corrupt",
      `${what} has ${size} bytes, its header says ${HEADER_BYTES + byteLength}`,
    );
  }
  const nameLength = view.getUint32(OFFSETS.nameLength, true);
  const stored = nameLength > LONGEST_NAME
    ? ""
    : new TextDecoder().decode(bytes.subarray(OFFSETS.name, OFFSETS.name + nameLength));
  if (view.getUint32(OFFSETS.kind, true) !== KINDS[kind] || stored !== name) {
    throw new ProcrefError("mismatch", `${what} is in truth another object: ${quote(stored)}`);
  }
  return {
    kind,
    name,
    byteLength,
    element: view.getUint32(OFFSETS.element, true),
    scope: view.getBigUint64(OFFSETS.scope, true),
  };
}
