// Who this process is to the kernel: the user's SID and the session, from its token (Microsoft, "Access Tokens").

import { native } from "../../ffi/mod.ts";
import {
  closeHandle,
  CURRENT_PROCESS,
  HandleSlot,
  ntProcesses,
  succeeded,
} from "../../ffi/windows/ntdll.ts";

const TOKEN_QUERY = 8;
const TOKEN_USER = 1;
const TOKEN_SESSION_ID = 12;

/** A user in a session. */
export interface User {
  /** The binary SID. */
  readonly sid: Uint8Array;
  /** The SID as text, for example `S-1-5-21-1-2-3-1001`. */
  readonly name: string;
  readonly session: number;
}

let known: User | undefined;

/** The user of this process. @throws {SystemError} */
export function currentUser(): User {
  return known ??= readUser();
}

function readUser(): User {
  const slot = new HandleSlot();
  const { NtOpenProcessToken } = ntProcesses();
  succeeded(NtOpenProcessToken(CURRENT_PROCESS, TOKEN_QUERY, slot.bytes), "NtOpenProcessToken");
  try {
    const sid = readSid(slot.value);
    const session = new Uint32Array(1);
    readToken(slot.value, TOKEN_SESSION_ID, session);
    return { sid, name: sidText(sid), session: session[0] ?? 0 };
  } finally {
    closeHandle(slot.value);
  }
}

function readToken(token: number, kind: number, into: Uint8Array | Uint32Array): void {
  const length = new Uint32Array(1);
  const { NtQueryInformationToken } = ntProcesses();
  succeeded(
    NtQueryInformationToken(token, kind, into, into.byteLength, length),
    "NtQueryInformationToken",
  );
}

/** TOKEN_USER: a pointer to the SID, which lies in the same buffer. */
function readSid(token: number): Uint8Array {
  // A small array without a buffer of its own would move when its buffer is asked for.
  const bytes = new Uint8Array(new ArrayBuffer(128));
  readToken(token, TOKEN_USER, bytes);
  const pointer = new DataView(bytes.buffer).getBigUint64(0, true);
  const start = Number(pointer - native.addressOf(bytes));
  return bytes.slice(start, start + sidLength(bytes, start));
}

/** The length of a SID in bytes: revision, count, six bytes of authority, and four for each of `count`. */
export function sidLength(bytes: Uint8Array, start: number): number {
  return 8 + 4 * (bytes[start + 1] ?? 0);
}

/** A SID as text. */
export function sidText(sid: Uint8Array): string {
  const view = new DataView(sid.buffer, sid.byteOffset, sid.length);
  const authority = view.getUint16(2) * 2 ** 32 + view.getUint32(4);
  const rest = Array.from(
    { length: view.getUint8(1) },
    (_, index) => view.getUint32(8 + 4 * index, true),
  );
  return ["S", view.getUint8(0), authority, ...rest].join("-");
}
