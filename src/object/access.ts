// Who may change what is behind a handle: its owner and its access list (winnt.h: SECURITY_DESCRIPTOR, ACL).

import { objects, succeeded } from "../../ffi/windows/ntdll.ts";
import { currentUser, sidLength, sidText } from "./user.ts";

const OWNER_AND_LIST = 1 | 4;
const DESCRIPTOR_BYTES = 65536; // an access list has 64 KB at most
const ALLOWED = 0;
const INHERIT_ONLY = 8;
const ACE_HEADER_BYTES = 8;
const MAY_WRITE = 0x2 | 0x4 | 0x40 | // make files, make directories, delete what is inside
  0x10000 | 0x40000 | 0x80000 | // delete it, change its access list, change its owner
  0x40000000 | 0x10000000; // everything of that at once
const SYSTEM = "S-1-5-18";
const ADMINISTRATORS = "S-1-5-32-544";

/** Who an object belongs to, and who else may change it, by their SIDs. */
export interface Access {
  readonly owner: string;
  readonly writers: readonly string[];
}

/** The access to what a handle with READ_CONTROL is open to. @throws {SystemError} */
export function accessOf(handle: number, subject: string): Access {
  const bytes = new Uint8Array(new ArrayBuffer(DESCRIPTOR_BYTES));
  const needed = new Uint32Array(1);
  const { NtQuerySecurityObject } = objects();
  const status = NtQuerySecurityObject(handle, OWNER_AND_LIST, bytes, bytes.length, needed);
  succeeded(status, "NtQuerySecurityObject", subject);
  const view = new DataView(bytes.buffer);
  const [ownerAt, listAt] = [view.getUint32(4, true), view.getUint32(16, true)];
  return {
    owner: ownerAt === 0 ? "" : sidAt(bytes, ownerAt),
    // Without a list everybody may do everything.
    writers: listAt === 0 ? ["S-1-1-0"] : [...writersIn(bytes, view, listAt)],
  };
}

function sidAt(bytes: Uint8Array, at: number): string {
  return sidText(bytes.subarray(at, at + sidLength(bytes, at)));
}

function* writersIn(bytes: Uint8Array, view: DataView, listAt: number): Generator<string> {
  const count = view.getUint16(listAt + 4, true);
  for (let index = 0, at = listAt + 8; index < count; index++) {
    const [type, flags] = [view.getUint8(at), view.getUint8(at + 1)];
    const writes = (view.getUint32(at + 4, true) & MAY_WRITE) !== 0;
    if (type === ALLOWED && (flags & INHERIT_ONLY) === 0 && writes) {
      yield sidAt(bytes, at + ACE_HEADER_BYTES);
    }
    at += view.getUint16(at + 2, true);
  }
}

/** True for this user, and for those who may do everything anyway: the system and its administrators. */
export function isTrusted(sid: string): boolean {
  return [currentUser().name, SYSTEM, ADMINISTRATORS].includes(sid);
}
