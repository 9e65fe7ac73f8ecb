// Named kernel objects (Microsoft, "Object Names"). They are there as long as anybody has a handle, and the kernel
// closes the handles of whoever dies: so nothing is ever left of them. Names are case-insensitive in places, hold no
// backslash, and are shared by all users of a session: ours are spelled in lower case and start with the user.

import { PermissionError, SystemError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { attributesOf } from "../../ffi/windows/attributes.ts";
import { closeHandle, HandleSlot, objects, sections, succeeded } from "../../ffi/windows/ntdll.ts";
import { STATUS } from "../../ffi/windows/status.ts";
import { checkOwner, privateSecurity } from "./security.ts";
import { currentUser } from "./user.ts";

const STATUS_OBJECT_NAME_EXISTS = 0x40000000;
const STATUS_MORE_ENTRIES = 0x105;
const STATUS_NO_MORE_ENTRIES = 0x8000001a;
const ALL_OF_SEMAPHORE_EVENT = 0x1f0003;
const ALL_OF_MUTANT = 0x1f0001;
const NOTIFICATION_EVENT = 0;
const DIRECTORY_RIGHTS = 0x7; // query, traverse, create objects

let directory: number | undefined;

/** Where this session's named objects are. Kept open: it is needed again and again. */
function sessionDirectory(): number {
  if (directory !== undefined) return directory;
  const { session } = currentUser();
  const name = `${session === 0 ? "" : `\\Sessions\\${session}`}\\BaseNamedObjects`;
  const slot = new HandleSlot();
  const { NtOpenDirectoryObject } = objects();
  const status = NtOpenDirectoryObject(
    slot.bytes,
    DIRECTORY_RIGHTS,
    attributesOf({ root: 0, name }),
  );
  succeeded(status, "NtOpenDirectoryObject", `for ${name}`);
  return directory = slot.value;
}

/** What names of ours begin with: the user and the session. */
export function ownPrefix(): string {
  const { name, session } = currentUser();
  return `procref-${name.toLowerCase()}-${session}`;
}

const encoder = new TextEncoder();

/** Any text in lower-case letters, digits, dots and underlines; everything else, hyphens too, as %xx of its UTF-8. */
export function spelled(text: string): string {
  return Array.from(encoder.encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9._]/.test(character) ? character : `%${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

/** Where an object is, and how to call it in messages. */
export interface Where {
  readonly name: string;
  /** For example `for counter "db"`. */
  readonly subject: string;
}

function attributes(name: string, security?: Uint8Array): Uint8Array {
  return attributesOf({
    root: sessionDirectory(),
    name,
    ...(security === undefined ? {} : { security }),
  });
}

/** Makes or opens an object: its handle comes into the slot. */
export type Call = (slot: Int32Array, attributes: Uint8Array) => number;

/** Creates or opens. @throws {PermissionError} It is another user's. @throws {SystemError} */
export function createNamed({ name, subject }: Where, syscall: string, call: Call): number {
  const slot = new HandleSlot();
  const status = call(slot.bytes, attributes(name, privateSecurity())) >>> 0;
  refuseForeign(status, syscall, subject);
  succeeded(status, syscall, subject);
  if (status !== STATUS_OBJECT_NAME_EXISTS) return slot.value;
  try {
    checkOwner(slot.value, subject);
  } catch (error) {
    closeHandle(slot.value);
    throw error;
  }
  return slot.value;
}

/** Opens; undefined where nothing is. @throws {PermissionError} It is another user's. @throws {SystemError} */
export function openNamed(
  { name, subject }: Where,
  syscall: string,
  call: Call,
): number | undefined {
  const slot = new HandleSlot();
  const status = call(slot.bytes, attributes(name)) >>> 0;
  if (status === STATUS.STATUS_OBJECT_NAME_NOT_FOUND) return undefined;
  refuseForeign(status, syscall, subject);
  succeeded(status, syscall, subject);
  return slot.value;
}

function refuseForeign(status: number, syscall: string, subject: string): void {
  if (status !== STATUS.STATUS_ACCESS_DENIED) return;
  const cause = new SystemError(syscall, status, subject);
  throw new PermissionError(
    `The kernel object ${subject} belongs to another user, or to a process with more rights`,
    { cause },
  );
}

/** Creates or opens a semaphore; `value` and `maximum` are those of a new one. */
export function createSemaphore(where: Where, value: number, maximum: number): number {
  const { NtCreateSemaphore } = objects();
  return createNamed(
    where,
    "NtCreateSemaphore",
    (slot, attributes) =>
      NtCreateSemaphore(slot, ALL_OF_SEMAPHORE_EVENT, attributes, value, maximum),
  );
}

/** Opens a semaphore; undefined where none is. */
export function openSemaphore(where: Where): number | undefined {
  const { NtOpenSemaphore } = objects();
  return openNamed(
    where,
    "NtOpenSemaphore",
    (slot, attributes) => NtOpenSemaphore(slot, ALL_OF_SEMAPHORE_EVENT, attributes),
  );
}

/** The value of a semaphore and the maximum that it was made with. */
export function semaphoreValues(handle: number): { value: number; maximum: number } {
  const words = new Int32Array(2);
  const { NtQuerySemaphore } = objects();
  succeeded(NtQuerySemaphore(handle, 0, words, words.byteLength, null), "NtQuerySemaphore");
  return { value: words[0] ?? 0, maximum: words[1] ?? 0 };
}

/** Creates or opens a mutex that nobody owns yet. */
export function createMutex(where: Where): number {
  const { NtCreateMutant } = objects();
  return createNamed(
    where,
    "NtCreateMutant",
    (slot, attributes) => NtCreateMutant(slot, ALL_OF_MUTANT, attributes, 0),
  );
}

/** Opens a mutex; undefined where none is. */
export function openMutex(where: Where): number | undefined {
  const { NtOpenMutant } = objects();
  return openNamed(
    where,
    "NtOpenMutant",
    (slot, attributes) => NtOpenMutant(slot, ALL_OF_MUTANT, attributes),
  );
}

/** Creates or opens an event that stays signaled once it is set. */
export function createEvent(where: Where): number {
  const { NtCreateEvent } = objects();
  return createNamed(
    where,
    "NtCreateEvent",
    (slot, attributes) =>
      NtCreateEvent(slot, ALL_OF_SEMAPHORE_EVENT, attributes, NOTIFICATION_EVENT, 0),
  );
}

/** Opens an event; undefined where none is. */
export function openEvent(where: Where): number | undefined {
  const { NtOpenEvent } = objects();
  return openNamed(
    where,
    "NtOpenEvent",
    (slot, attributes) => NtOpenEvent(slot, ALL_OF_SEMAPHORE_EVENT, attributes),
  );
}

/** Wakes everybody who waits for an event, now and later. */
export function setEvent(handle: number): void {
  succeeded(objects().NtSetEvent(handle, null), "NtSetEvent");
}

const ALL_OF_SECTION = 0xf001f;
const READ_WRITE = 4;
const COMMIT = 0x8000000;

/** Creates or opens shared memory of this size; it starts as zeros. */
export function createSection(where: Where, size: number): number {
  const { NtCreateSection } = sections();
  const bytes = new BigUint64Array([BigInt(size)]);
  return createNamed(
    where,
    "NtCreateSection",
    (slot, attributes) =>
      NtCreateSection(slot, ALL_OF_SECTION, attributes, bytes, READ_WRITE, COMMIT, null),
  );
}

/** Opens shared memory; undefined where none is. */
export function openSection(where: Where): number | undefined {
  const { NtOpenSection } = sections();
  return openNamed(
    where,
    "NtOpenSection",
    (slot, attributes) => NtOpenSection(slot, ALL_OF_SECTION, attributes),
  );
}

const BASIC_INFORMATION = 0;
const BASIC_BYTES = 56;
const HANDLE_COUNT_WORD = 2;

/** The number of open handles of an object, in all processes. */
export function handleCount(handle: number): number {
  const words = new Uint32Array(BASIC_BYTES / 4);
  const { NtQueryObject } = objects();
  succeeded(NtQueryObject(handle, BASIC_INFORMATION, words, BASIC_BYTES, null), "NtQueryObject");
  return words[HANDLE_COUNT_WORD] ?? 0;
}

const ENTRY_BYTES = 32; // OBJECT_DIRECTORY_INFORMATION: two UNICODE_STRINGs, zeros at the end

/** The names in this session that begin with a prefix, as they were in one instant. @throws {SystemError} */
export function namesWith(prefix: string): string[] {
  const { NtQueryDirectoryObject } = objects();
  const context = new Uint32Array(1);
  const length = new Uint32Array(1);
  for (let room = 1 << 16;; room *= 2) {
    const bytes = new Uint8Array(new ArrayBuffer(room));
    const status = NtQueryDirectoryObject(sessionDirectory(), bytes, room, 0, 1, context, length);
    if (status >>> 0 === STATUS_NO_MORE_ENTRIES) return [];
    if (status === STATUS_MORE_ENTRIES || status >>> 0 === STATUS.STATUS_BUFFER_TOO_SMALL) continue;
    succeeded(status, "NtQueryDirectoryObject");
    return [...entries(bytes)].filter((name) => name.startsWith(prefix));
  }
}

function* entries(bytes: Uint8Array): Generator<string> {
  const view = new DataView(bytes.buffer);
  const decoder = new TextDecoder("utf-16le");
  const start = native.addressOf(bytes);
  for (let at = 0;; at += ENTRY_BYTES) {
    const pointer = view.getBigUint64(at + 8, true);
    if (pointer === 0n) return;
    const text = Number(pointer - start);
    yield decoder.decode(bytes.subarray(text, text + view.getUint16(at, true)));
  }
}
