// OBJECT_ATTRIBUTES (ntdef.h): the name of a kernel object and who may use it, in one piece of memory.

import { native } from "../mod.ts";

const ATTRIBUTES_BYTES = 48;
const NAME_AT = 48; // UNICODE_STRING: u16 length, u16 room, pointer at 8
const TEXT_AT = 64;
const OPEN_IF = 0x80; // open it if it exists
/** The longest name: a UNICODE_STRING counts its bytes in 16 bits. */
const LONGEST = 0x7ffe;

/** What an object is to be called, and by whom it may be used. */
export interface Naming {
  /** The directory that the name is relative to. */
  readonly root: number;
  readonly name: string;
  /** A self-relative SECURITY_DESCRIPTOR. Default: that of the process's token. */
  readonly security?: Uint8Array;
}

/** The structure for a named object; a call that creates opens what is there already. */
export function attributesOf({ root, name, security }: Naming): Uint8Array {
  if (name.length > LONGEST) throw new RangeError(`An object's name has ${name.length} characters`);
  const securityAt = Math.ceil((TEXT_AT + name.length * 2) / 8) * 8;
  const bytes = new Uint8Array(new ArrayBuffer(securityAt + (security?.length ?? 0)));
  const view = new DataView(bytes.buffer);
  const start = native.addressOf(bytes);
  view.setUint32(0, ATTRIBUTES_BYTES, true);
  view.setBigInt64(8, BigInt(root), true);
  view.setBigUint64(16, start + BigInt(NAME_AT), true);
  view.setUint32(24, OPEN_IF, true);
  if (security !== undefined) {
    bytes.set(security, securityAt);
    view.setBigUint64(32, start + BigInt(securityAt), true);
  }
  view.setUint16(NAME_AT, name.length * 2, true);
  view.setUint16(NAME_AT + 2, name.length * 2, true);
  view.setBigUint64(NAME_AT + 8, start + BigInt(TEXT_AT), true);
  for (let index = 0; index < name.length; index++) {
    view.setUint16(TEXT_AT + index * 2, name.charCodeAt(index), true);
  }
  return bytes;
}

const NAMELESS = new Uint8Array(ATTRIBUTES_BYTES);
NAMELESS[0] = ATTRIBUTES_BYTES;

/** The structure for an object without a name. */
export function nameless(): Uint8Array {
  return NAMELESS;
}
