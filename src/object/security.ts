// A security descriptor (winnt.h, self-relative) that gives everything to one user and nothing to anybody else, and
// the check that an object which was there already belongs to that user: whoever plants one cannot choose its owner.

import { PermissionError } from "../../ffi/errors.ts";
import { objects, succeeded } from "../../ffi/windows/ntdll.ts";
import { currentUser, sidLength } from "./user.ts";

const HEADER_BYTES = 20;
const ACL_HEADER_BYTES = 8;
const ACE_HEADER_BYTES = 8;
const CONTROL = 0x8000 | 0x1000 | 0x0004; // self-relative, inherits nothing, has a DACL
const GENERIC_ALL = 0x10000000;
const OWNER_INFORMATION = 1;

let known: Uint8Array | undefined;

/** The descriptor of everything that procref makes. */
export function privateSecurity(): Uint8Array {
  return known ??= describe(currentUser().sid);
}

function describe(sid: Uint8Array): Uint8Array {
  const ownerAt = HEADER_BYTES;
  const listAt = ownerAt + sid.length;
  const entryAt = listAt + ACL_HEADER_BYTES;
  const entryBytes = ACE_HEADER_BYTES + sid.length;
  const bytes = new Uint8Array(entryAt + entryBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint16(2, CONTROL, true);
  view.setUint32(4, ownerAt, true);
  view.setUint32(16, listAt, true);
  bytes.set(sid, ownerAt);
  view.setUint8(listAt, 2);
  view.setUint16(listAt + 2, ACL_HEADER_BYTES + entryBytes, true);
  view.setUint16(listAt + 4, 1, true);
  view.setUint16(entryAt + 2, entryBytes, true);
  view.setUint32(entryAt + 4, GENERIC_ALL, true);
  bytes.set(sid, entryAt + ACE_HEADER_BYTES);
  return bytes;
}

/**
 * Makes sure that an object is ours.
 *
 * @throws {PermissionError} It belongs to another user.
 */
export function checkOwner(handle: number, subject: string): void {
  const bytes = new Uint8Array(256);
  const needed = new Uint32Array(1);
  const { NtQuerySecurityObject } = objects();
  const status = NtQuerySecurityObject(handle, OWNER_INFORMATION, bytes, bytes.length, needed);
  succeeded(status, "NtQuerySecurityObject", subject);
  const at = new DataView(bytes.buffer).getUint32(4, true);
  const owner = bytes.subarray(at, at + sidLength(bytes, at));
  const { sid, name } = currentUser();
  if (at !== 0 && owner.length === sid.length && owner.every((byte, i) => byte === sid[i])) return;
  throw new PermissionError(`The kernel object ${subject} does not belong to user ${name}`);
}
