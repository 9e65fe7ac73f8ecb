// What an open file of Windows shares belongs to the open file (Microsoft, "Creating and Opening Files"): a handle that
// does not share writing keeps away everybody who wants to write, in whichever process it is, and the kernel closes it
// at any death. (A lock of LockFileEx belongs to the process that has locked: no launcher could give one to its daemon.)
// Whoever wants the file asks for the right to write, and is alone with it then. When the holder is known and written
// down, that right is given up for one to read which does not share writing: so the file stays as it is, and everybody
// may read it, also those who share nothing but that.

import { PermissionError, ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { creation, transfers } from "../../../ffi/windows/creation.ts";
import { lastError, wide } from "../../../ffi/windows/kernel32.ts";
import { closeHandle, ntProcesses, succeeded } from "../../../ffi/windows/ntdll.ts";
import { hresult, WIN32 } from "../../../ffi/windows/status.ts";
import { readFrom, remove, statusAt, verbatim } from "../../file/windows.ts";
import { quote } from "../../name.ts";
import { LockedError } from "../errors.ts";
import { pause } from "../pause.ts";
import { formatPidFile, parsePidFile, type Recorded } from "./content.ts";
import { isRecordedAlive } from "./holder.ts";
import type { Attempt, Claim, PidFileSystem, Sight } from "./system.ts";

const READ = 0x80000000;
const WRITE = 0x40000000;
const DELETE = 0x10000;
const SHARE_READ = 1;
const SHARE_READ_DELETE = 5;
const SHARE_ALL = 7;
const OPEN_EXISTING = 3;
const OPEN_ALWAYS = 4;
const OPEN_LINK_ITSELF = 0x200000;
const END_OF_FILE = 20;
const DISPOSITION = 13;
const DISPOSITION_EXTENDED = 64;
const DELETE_NAME_AT_ONCE = 1 | 2;
const LARGEST = 4096; // bytes
const PATIENCE = 250; // ms: with one who only looks, and with a process whose handles are just being closed
const STEP = 1; // ms
const UNITS = -10_000n; // of 100 ns in a millisecond; relative times are negative

interface Opening {
  readonly access: number;
  readonly sharing: number;
  readonly disposition: number;
}

const TO_READ: Opening = { access: READ, sharing: SHARE_ALL, disposition: OPEN_EXISTING };
/** Alone with it, but for those who read. */
const TO_CLAIM: Opening = {
  access: READ | WRITE | DELETE,
  sharing: SHARE_READ,
  disposition: OPEN_ALWAYS,
};
const TO_CLAIM_EXISTING: Opening = { ...TO_CLAIM, disposition: OPEN_EXISTING };
const TO_HOLD: Opening = { ...TO_READ, sharing: SHARE_READ };

/** The handle; undefined where somebody does not share what is asked for. @throws {ProcrefError} */
function open(path: string, { access, sharing, disposition }: Opening): number | undefined {
  const name = wide(verbatim(path));
  for (let waited = 0;; waited += STEP) {
    const { CreateFileW } = creation();
    const right = access >>> 0;
    const handle = CreateFileW(name, right, sharing, null, disposition, OPEN_LINK_ITSELF, null);
    if (handle !== -1) return handle;
    const error = lastError();
    if (error === WIN32.ERROR_SHARING_VIOLATION) return undefined;
    const creating = disposition === OPEN_ALWAYS;
    // A file that is being removed keeps its name until its last reader is gone.
    const going = creating && error === WIN32.ERROR_ACCESS_DENIED && waited < PATIENCE;
    if (!going || isOther(path)) throw pidFileFailure("CreateFileW", error, path, creating);
    block(STEP);
  }
}

function block(milliseconds: number): void {
  const time = new BigInt64Array([BigInt(milliseconds) * UNITS]);
  ntProcesses().NtDelayExecution(0, new BigUint64Array(time.buffer));
}

/** True for what is there and no regular file. */
function isOther(path: string): boolean {
  try {
    return statusAt(path)?.regular === false;
  } catch {
    // As it may not be looked at, it can't be told.
    return false;
  }
}

/** @throws {ProcrefError} `"not_a_file"` */
function checkRegular(path: string): void {
  const status = statusAt(path);
  if (status === undefined || status.regular) return;
  const what = status.directory ? "a directory" : "a symbolic link, which is not followed";
  throw new ProcrefError("not_a_file", `The pid file ${quote(path)} is ${what}`);
}

/** A failed call on a pid file, as the error that a caller can tell apart. */
function pidFileFailure(
  syscall: string,
  error: number,
  path: string,
  creating: boolean,
): ProcrefError {
  const cause = new SystemError(syscall, hresult(error), `for the pid file ${quote(path)}`);
  switch (error) {
    case WIN32.ERROR_FILE_NOT_FOUND:
    case WIN32.ERROR_PATH_NOT_FOUND: {
      const what = creating ? "The directory of the pid file is missing" : "There is no pid file";
      return new ProcrefError("not_found", `${what}: ${quote(path)} (${cause.message})`, { cause });
    }
    case WIN32.ERROR_ACCESS_DENIED:
    case WIN32.ERROR_SHARING_VIOLATION:
      checkRegular(path);
      return new PermissionError(cause.message, { cause });
    default:
      return cause;
  }
}

function textOf(file: number): string {
  return new TextDecoder().decode(readFrom(file, 0, LARGEST));
}

/** Does something with a file that is open for reading. */
function reading<T>(path: string, body: (file: number) => T): T {
  const file = open(path, TO_READ);
  if (file === undefined) {
    throw pidFileFailure("CreateFileW", WIN32.ERROR_SHARING_VIOLATION, path, false);
  }
  try {
    checkRegular(path);
    return body(file);
  } finally {
    closeHandle(file);
  }
}

/** True where somebody does not share what is asked for. */
function isRefused(path: string, access: number, sharing: number): boolean {
  const file = open(path, { access, sharing, disposition: OPEN_EXISTING });
  if (file !== undefined) closeHandle(file);
  return file === undefined;
}

/** True where somebody keeps writers away; false also where this user may not write at all. */
function isKept(path: string): boolean {
  try {
    return isRefused(path, WRITE, SHARE_ALL);
  } catch (error) {
    if (error instanceof PermissionError) return false;
    throw error;
  }
}

function look(path: string): Sight {
  const kept = isKept(path);
  // Somebody may write: it is just being started.
  const starting = isRefused(path, READ, SHARE_READ_DELETE);
  const text = reading(path, textOf);
  if (starting) return { text, locked: true, holder: undefined };
  // An editor keeps writers away as well. A holder is named by the file, which nobody else can change.
  const recorded = parsePidFile(text);
  const named = kept && recorded?.startTime !== undefined && isRecordedAlive(recorded);
  return { text, locked: named, holder: named ? recorded.pid : undefined };
}

/** Who is in the way, as far as that can be told. */
function holderAt(path: string): number | undefined {
  try {
    return look(path).holder;
  } catch (error) {
    if (error instanceof ProcrefError && error.code === "not_found") return undefined;
    throw error;
  }
}

/** A file that is ours to write; when its holder is named, to hold; when that one holds it, in its hands. */
class ClaimedFile implements Claim {
  readonly path: string;
  #file: number;
  /** What names the holder. */
  #text: string | undefined;

  constructor(path: string, file: number, text?: string) {
    this.path = path;
    this.#file = file;
    this.#text = text;
  }

  get file(): number {
    return this.#file;
  }

  write(text: string): void {
    const outcome = new BigUint64Array(2);
    const { NtSetInformationFile, NtWriteFile } = transfers();
    const [file, zero, none] = [this.#file, new BigUint64Array(1), null];
    succeeded(NtSetInformationFile(file, outcome, zero, 8, END_OF_FILE), "NtSetInformationFile");
    const source = new TextEncoder().encode(text);
    // A small array without a buffer of its own could move while the kernel reads it.
    const bytes = new Uint8Array(new ArrayBuffer(source.length));
    bytes.set(source);
    const status = NtWriteFile(file, 0, none, none, outcome, bytes, bytes.length, zero, none);
    succeeded(status, "NtWriteFile", `for the pid file ${quote(this.path)}`);
  }

  name(holder: Recorded): void {
    const text = formatPidFile(holder);
    this.write(text);
    // In between somebody else may get it: then the file says so.
    this.close();
    this.#file = this.#hold(text);
    this.#text = text;
  }

  #hold(text: string): number {
    for (let waited = 0; waited < PATIENCE; waited += STEP) {
      const file = openIfThere(this.path, TO_HOLD);
      if (file !== undefined && textOf(file) === text) return file;
      if (file !== undefined) {
        closeHandle(file);
        break;
      }
      block(STEP);
    }
    throw new LockedError(this.path, holderAt(this.path));
  }

  discard(): void {
    if (this.#text === undefined) {
      if (this.#file !== 0) removeOpen(this.#file);
      return this.close();
    }
    this.close();
    for (let waited = 0; waited < PATIENCE; waited += STEP) {
      const file = openIfThere(this.path, TO_CLAIM_EXISTING);
      if (file !== undefined) {
        if (textOf(file) === this.#text) removeOpen(file);
        closeHandle(file);
        return;
      }
      // Gone, or somebody else's by now.
      if (!isNamedBy(this.path, this.#text)) return;
      block(STEP);
    }
  }

  close(): void {
    if (this.#file !== 0) closeHandle(this.#file);
    this.#file = 0;
  }
}

function isNamedBy(path: string, text: string): boolean {
  const file = openIfThere(path, TO_READ);
  if (file === undefined) return false;
  try {
    return textOf(file) === text;
  } finally {
    closeHandle(file);
  }
}

/** As `open`; undefined also where nothing is. */
function openIfThere(path: string, opening: Opening): number | undefined {
  try {
    return open(path, opening);
  } catch (error) {
    if (error instanceof ProcrefError && error.code === "not_found") return undefined;
    throw error;
  }
}

/** Removes a file by its handle: at once where the file system can, else when its last reader is gone. */
function removeOpen(file: number): void {
  const outcome = new BigUint64Array(2);
  const { NtSetInformationFile } = transfers();
  const flags = new Uint32Array([DELETE_NAME_AT_ONCE]);
  if (NtSetInformationFile(file, outcome, flags, 4, DISPOSITION_EXTENDED) >= 0) return;
  const yes = new Uint8Array([1]);
  succeeded(NtSetInformationFile(file, outcome, yes, 1, DISPOSITION), "NtSetInformationFile");
}

/** Windows. */
export const windows: PidFileSystem = {
  attempt(path): Attempt {
    const file = open(path, TO_CLAIM);
    if (file === undefined) return { holder: holderAt(path) };
    pause("daemon:opened");
    const claim = new ClaimedFile(path, file);
    try {
      checkRegular(path);
      return { claim };
    } catch (error) {
      claim.close();
      throw error;
    }
  },

  attemptExisting(path) {
    checkRegular(path);
    const file = open(path, TO_CLAIM_EXISTING);
    if (file === undefined) return undefined;
    return { claim: new ClaimedFile(path, file), text: textOf(file) };
  },

  inherited: (path, file) => new ClaimedFile(path, file, textOf(file)),
  read: (path) => reading(path, textOf),
  look,

  remove(path) {
    checkRegular(path);
    let there: boolean;
    try {
      there = remove(path);
    } catch {
      throw pidFileFailure("DeleteFileW", lastError(), path, false);
    }
    if (!there) throw pidFileFailure("DeleteFileW", WIN32.ERROR_FILE_NOT_FOUND, path, false);
  },

  block,
};
