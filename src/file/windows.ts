// Files of Windows by system call (Microsoft, "File Management Functions"): exact about links and owners, and in need
// of no permission but --allow-ffi. Paths are given in their verbatim form (`\\?\`): no name is taken for a device, and
// none is too long at 260 characters.

import { ProcrefError } from "../../ffi/errors.ts";
import { native } from "../../ffi/mod.ts";
import { creation, transfers } from "../../ffi/windows/creation.ts";
import { failure, fileChanges, fileNames, lastError, wide } from "../../ffi/windows/kernel32.ts";
import { closeHandle, ntProcesses, succeeded } from "../../ffi/windows/ntdll.ts";
import { STATUS, WIN32 } from "../../ffi/windows/status.ts";
import { quote } from "../name.ts";
import { privateSecurity } from "../object/security.ts";

const READ = 0x80000000;
const WRITE = 0x40000000;
const READ_CONTROL = 0x20000;
const SYNCHRONIZE = 0x100000;
const LIST_DIRECTORY = 1;
const ADD_FILE = 2;
const APPEND = 4;
const WRITE_ATTRIBUTES = 0x100;
const READ_ATTRIBUTES = 0x80;
const SHARE_ALL = 7;
const CREATE_NEW = 1;
const OPEN_EXISTING = 3;
const CREATE_ALWAYS = 2;
const OPEN_ALWAYS = 4;
const OPEN_LINK_ITSELF = 0x200000;
const OPEN_DIRECTORY = 0x2000000;
const REPLACE_EXISTING = 1;
const NOT_THERE = 0xffffffff;
const DIRECTORY = 0x10;
const LINK = 0x400; // a reparse point: a symbolic link, a junction, a file that is fetched when it is read
const STANDARD_INFORMATION = 5;
const FILE_NAMES = 12;
const LONGEST_PATH = 32768;

/** What there is at a path. */
export interface PathStatus {
  readonly regular: boolean;
  readonly directory: boolean;
}

/**
 * A path's verbatim form.
 *
 * @throws {ProcrefError} `not_a_file`: it is the name of a device, or no path.
 */
export function verbatim(path: string): string {
  if (/^\\\\\?\\/.test(path)) return path;
  const room = new Uint16Array(LONGEST_PATH);
  const length = fileNames().GetFullPathNameW(wide(path), room.length, room, null);
  const full = new TextDecoder("utf-16le").decode(room.subarray(0, length));
  if (/^[a-z]:\\/i.test(full)) return `\\\\?\\${full}`;
  if (/^\\\\[^\\.?]/.test(full)) return `\\\\?\\UNC${full.slice(1)}`;
  throw new ProcrefError("not_a_file", `The path ${quote(path)} leads to a device, or nowhere`);
}

function isMissing(error: number): boolean {
  return error === WIN32.ERROR_FILE_NOT_FOUND || error === WIN32.ERROR_PATH_NOT_FOUND;
}

/** What is at a path; undefined where nothing is. @throws {SystemError} */
export function statusAt(path: string): PathStatus | undefined {
  const attributes = fileNames().GetFileAttributesW(wide(verbatim(path))) >>> 0;
  if (attributes === NOT_THERE) {
    if (isMissing(lastError())) return undefined;
    throw failure("GetFileAttributesW", `for ${path}`);
  }
  const directory = (attributes & DIRECTORY) !== 0;
  return { directory, regular: !directory && (attributes & LINK) === 0 };
}

/** SECURITY_ATTRIBUTES: what is made is this user's alone. */
function security(inheritable: boolean): BigUint64Array {
  return new BigUint64Array([24n, native.addressOf(privateSecurity()), inheritable ? 1n : 0n]);
}

const PATIENCE = 50; // looks
const BETWEEN = new BigUint64Array(new BigInt64Array([-100_000n]).buffer); // 10 ms, in units of 100 ns

/**
 * Tries again for half a second where somebody has the file open just now: a reader of ours for microseconds, a virus
 * scanner for a moment longer. A file that is deleted keeps its name until then.
 */
function patiently(call: () => boolean): boolean {
  for (let looks = 1;; looks++) {
    if (call()) return true;
    const error = lastError();
    const busy = error === WIN32.ERROR_ACCESS_DENIED || error === WIN32.ERROR_SHARING_VIOLATION;
    if (!busy || looks === PATIENCE) return false;
    ntProcesses().NtDelayExecution(0, BETWEEN);
  }
}

interface Opening {
  readonly access: number;
  readonly disposition: number;
  readonly flags?: number;
  readonly inheritable?: boolean;
  /** A file that is made is whose its directory says, not this user's alone. */
  readonly shared?: boolean;
}

function open(path: string, opening: Opening): number | undefined {
  const { access, disposition, flags = 0, inheritable = false, shared = false } = opening;
  const name = wide(verbatim(path));
  let handle = -1;
  const opened = patiently(() => {
    handle = creation().CreateFileW(
      name,
      access >>> 0,
      SHARE_ALL,
      shared ? null : security(inheritable),
      disposition,
      flags,
      null,
    );
    return handle !== -1;
  });
  if (opened) return handle;
  if (disposition === OPEN_EXISTING && isMissing(lastError())) return undefined;
  throw failure("CreateFileW", `for ${path}`);
}

/** Opens a file to be read; a link is opened itself. Undefined where nothing is. @throws {SystemError} */
export function openToRead(path: string): number | undefined {
  const access = READ | READ_CONTROL;
  return open(path, { access, disposition: OPEN_EXISTING, flags: OPEN_LINK_ITSELF });
}

/** Opens a file to be read, or the one that a link leads to. Undefined where nothing is. @throws {SystemError} */
export function openToFollow(path: string): number | undefined {
  return open(path, { access: READ, disposition: OPEN_EXISTING });
}

/** Opens a file to be appended to, made if it is missing. The handle is for a child. @throws {SystemError} */
export function openToAppend(path: string): number {
  const access = APPEND | READ_ATTRIBUTES | WRITE_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE;
  const handle = open(path, { access, disposition: OPEN_ALWAYS, inheritable: true });
  if (handle === undefined) throw failure("CreateFileW", `for ${path}`);
  return handle;
}

/** Opens a file to be written anew, or at its end; it is made if it is missing. @throws {SystemError} */
export function openToWrite(path: string, append: boolean): number {
  const opening = append
    ? { access: APPEND | READ_ATTRIBUTES | SYNCHRONIZE, disposition: OPEN_ALWAYS }
    : { access: WRITE, disposition: CREATE_ALWAYS };
  const handle = open(path, { ...opening, shared: true });
  if (handle === undefined) throw failure("CreateFileW", `for ${path}`);
  return handle;
}

/** Tells whether a file may be written, and nothing else. Undefined where nothing is. @throws {SystemError} */
export function checkWritable(path: string): true | undefined {
  return closed(open(path, { access: WRITE, disposition: OPEN_EXISTING }));
}

/** Tells whether files may be made in a directory. Undefined where there is none. @throws {SystemError} */
export function checkRoomFor(directory: string): true | undefined {
  const opening = { access: ADD_FILE, disposition: OPEN_EXISTING, flags: OPEN_DIRECTORY };
  return closed(open(directory, opening));
}

function closed(handle: number | undefined): true | undefined {
  if (handle === undefined) return undefined;
  closeHandle(handle);
  return true;
}

/** True for the device that swallows everything and gives nothing. */
export function isNowhere(path: string): boolean {
  return /^([\\/]{2}[.?][\\/])?nul$/i.test(path);
}

/** Opens a directory; undefined where nothing is. @throws {SystemError} */
export function openDirectory(path: string): number | undefined {
  const access = LIST_DIRECTORY | READ_CONTROL | SYNCHRONIZE | READ_ATTRIBUTES;
  return open(path, { access, disposition: OPEN_EXISTING, flags: OPEN_DIRECTORY });
}

/** Makes a directory that is this user's alone; one that is there already is left as it is. @throws {SystemError} */
export function makeDirectory(path: string): void {
  if (fileChanges().CreateDirectoryW(wide(verbatim(path)), security(false)) !== 0) return;
  if (lastError() !== WIN32.ERROR_ALREADY_EXISTS) throw failure("CreateDirectoryW", `for ${path}`);
}

/** The path of an open file or directory with every link resolved, and letters in the case that they have. */
export function realPathOf(handle: number, path: string): string {
  const room = new Uint16Array(LONGEST_PATH);
  const { GetFinalPathNameByHandleW } = fileChanges();
  const length = GetFinalPathNameByHandleW(handle, room, room.length, 0);
  if (length === 0 || length >= room.length) {
    throw failure("GetFinalPathNameByHandleW", `for ${path}`);
  }
  const found = new TextDecoder("utf-16le").decode(room.subarray(0, length));
  return found.replace(/^\\\\\?\\UNC\\/, "\\\\").replace(/^\\\\\?\\/, "");
}

/** The size of an open file in bytes. @throws {SystemError} */
export function sizeOf(handle: number): number {
  const outcome = new BigUint64Array(2);
  const information = new BigUint64Array(3);
  const { NtQueryInformationFile } = transfers();
  succeeded(
    NtQueryInformationFile(handle, outcome, information, 24, STANDARD_INFORMATION),
    "NtQueryInformationFile",
  );
  return Number(information[1] ?? 0n);
}

/** Reads an open file from an offset on, to its end or to `limit` bytes. @throws {SystemError} */
export function readFrom(handle: number, offset: number, limit: number): Uint8Array {
  const buffer = new Uint8Array(new ArrayBuffer(limit));
  const outcome = new BigUint64Array(2);
  const { NtReadFile } = transfers();
  let length = 0;
  while (length < limit) {
    const rest = buffer.subarray(length);
    const at = new BigUint64Array([BigInt(offset + length)]);
    const args = [handle, 0, null, null, outcome] as const;
    const status = NtReadFile(...args, rest, rest.length, at, null);
    if (status >>> 0 === STATUS.STATUS_END_OF_FILE) break;
    succeeded(status, "NtReadFile");
    length += Number(outcome[1] ?? 0n);
  }
  return buffer.subarray(0, length);
}

/** Writes a file that is not there yet. @throws {SystemError} */
export function writeNew(path: string, bytes: Uint8Array): void {
  const handle = open(path, { access: WRITE, disposition: CREATE_NEW });
  if (handle === undefined) throw failure("CreateFileW", `for ${path}`);
  try {
    writeOn(handle, bytes, path);
  } finally {
    closeHandle(handle);
  }
}

/** Writes to an open file where the last piece ended, or at its end if it was opened so. @throws {SystemError} */
export function writeOn(handle: number, bytes: Uint8Array, path: string): void {
  const outcome = new BigUint64Array(2);
  const { NtWriteFile } = transfers();
  // A small array without a buffer of its own could move while the kernel reads it.
  const buffer = new Uint8Array(new ArrayBuffer(bytes.length));
  buffer.set(bytes);
  const args = [handle, 0, null, null, outcome] as const;
  const status = NtWriteFile(...args, buffer, buffer.length, null, null);
  succeeded(status, "NtWriteFile", `for ${path}`);
}

/** Puts a file in another one's place. @throws {SystemError} */
export function rename(from: string, to: string): void {
  const [source, target] = [wide(verbatim(from)), wide(verbatim(to))];
  const { MoveFileExW } = fileChanges();
  if (!patiently(() => MoveFileExW(source, target, REPLACE_EXISTING) !== 0)) {
    throw failure("MoveFileExW", `to ${to}`);
  }
}

/** Removes a file, or a link itself; false where there was none. @throws {SystemError} */
export function remove(path: string): boolean {
  const name = wide(verbatim(path));
  const { DeleteFileW } = fileChanges();
  if (patiently(() => DeleteFileW(name) !== 0)) return true;
  if (isMissing(lastError())) return false;
  throw failure("DeleteFileW", `for ${path}`);
}

/** The names in a directory, without `.` and `..`; none where it is missing. @throws {SystemError} */
export function namesIn(path: string): string[] {
  const handle = openDirectory(path);
  if (handle === undefined) return [];
  try {
    return [...entries(handle)].filter((name) => name !== "." && name !== "..");
  } finally {
    closeHandle(handle);
  }
}

function* entries(handle: number): Generator<string> {
  const { NtQueryDirectoryFile } = transfers();
  const bytes = new Uint8Array(new ArrayBuffer(1 << 16));
  const view = new DataView(bytes.buffer);
  const outcome = new BigUint64Array(2);
  const decoder = new TextDecoder("utf-16le");
  for (let restart = 1;; restart = 0) {
    const args = [handle, 0, null, null, outcome, bytes, bytes.length] as const;
    const status = NtQueryDirectoryFile(...args, FILE_NAMES, 0, null, restart);
    if (status >>> 0 === STATUS.STATUS_NO_MORE_FILES) return;
    succeeded(status, "NtQueryDirectoryFile");
    // FILE_NAMES_INFORMATION: where the next one is, an index, the name's length in bytes, the name.
    for (let at = 0;;) {
      const name = bytes.subarray(at + 12, at + 12 + view.getUint32(at + 8, true));
      yield decoder.decode(name);
      const next = view.getUint32(at, true);
      if (next === 0) break;
      at += next;
    }
  }
}
