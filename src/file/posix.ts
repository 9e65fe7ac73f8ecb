// Files by system call: the same in both runtimes, exact about links and owners, free to read /proc,
// and in need of no permission but --allow-ffi.

import { DIRENT, LINUX, LINUX_ON, STATX } from "../../ffi/numbers/linux.ts";
import { O_NOFOLLOW, POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { checked, cstring, errno, files, restarted, statuses } from "../../ffi/libc.ts";
import { architecture, platform } from "../../ffi/platform.ts";
import { SystemError } from "../../ffi/errors.ts";

/** Flags of open(2). */
export const OPEN = {
  readOnly: POSIX.O_RDONLY,
  writeOnly: POSIX.O_WRONLY,
  readWrite: POSIX.O_RDWR,
  create: POSIX.O_CREAT,
  exclusive: POSIX.O_EXCL,
  truncate: POSIX.O_TRUNC,
  append: POSIX.O_APPEND,
  nonblock: POSIX.O_NONBLOCK,
  closeOnExec: POSIX.O_CLOEXEC,
  noFollow: O_NOFOLLOW,
} as const;

const { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS } = LINUX;
const { SYS_statx } = LINUX_ON[architecture];
const { S_IFDIR, S_IFMT, S_IFREG, SEEK_SET } = POSIX;

/** Opens a file; close-on-exec always. @throws {SystemError} */
export function open(path: string, flags: number, mode = 0o600): number {
  return checked(tryOpen(path, flags, mode), "open", `for ${path}`);
}

/** Opens a file, or returns -1 with errno set. */
export function tryOpen(path: string, flags: number, mode = 0o600): number {
  const name = cstring(path);
  return restarted(() => files().open(name, flags | OPEN.closeOnExec, mode));
}

/**
 * Opens a file of our own, made if it is missing. Whatever is not a regular file there, a link for example, is put
 * away first and never followed.
 *
 * @throws {SystemError}
 */
export function openOwn(path: string, flags: number): number {
  if (statusAt(path)?.regular === false) remove(path);
  return open(path, flags | OPEN.create);
}

/** `close(fd)`. */
export function close(descriptor: number): void {
  files().close(descriptor);
}

/** What fstat tells of a file, through statx(2), whose structure is the same on every architecture. */
export interface FileStatus {
  readonly owner: number;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly inode: bigint;
  /** The number of the file system, in which no other file has that inode. */
  readonly device: number;
  readonly regular: boolean;
  readonly directory: boolean;
}

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("./darwin.ts") : undefined;

/** The status of an open file. @throws {SystemError} */
export function statusOf(descriptor: number): FileStatus {
  if (darwin !== undefined) {
    const status = darwin.statusOfDescriptor(descriptor);
    if (status === undefined) throw new SystemError("fstat", errno());
    return status;
  }
  return parseStatus(statx(descriptor, "", AT_EMPTY_PATH), "statx");
}

/** The status of a path; undefined where nothing is. @throws {SystemError} */
export function statusAt(path: string, links: "follow" | "stay" = "stay"): FileStatus | undefined {
  if (darwin !== undefined) return darwinStatusAt(path, links === "follow");
  const status = statx(AT_FDCWD, path, links === "stay" ? AT_SYMLINK_NOFOLLOW : 0);
  if (status === undefined && isMissing(errno())) return undefined;
  return parseStatus(status, `statx`, path);
}

function darwinStatusAt(path: string, follow: boolean): FileStatus | undefined {
  const status = darwin?.statusOfPath(path, follow);
  if (status !== undefined || isMissing(errno())) return status;
  throw new SystemError("fstatat", errno(), `for ${path}`);
}

function statx(directory: number, path: string, flags: number): DataView | undefined {
  const buffer = new Uint8Array(STATX.size);
  const name = cstring(path);
  const result = statuses().syscall(SYS_statx, directory, name, flags, STATX_BASIC_STATS, buffer);
  return result === -1 ? undefined : new DataView(buffer.buffer);
}

function parseStatus(view: DataView | undefined, syscall: string, path?: string): FileStatus {
  if (view === undefined) throw new SystemError(syscall, errno(), path && `for ${path}`);
  const mode = view.getUint16(STATX.at.stx_mode, true);
  return {
    owner: view.getUint32(STATX.at.stx_uid, true),
    mode: mode & 0o7777,
    inode: view.getBigUint64(STATX.at.stx_ino, true),
    device: view.getUint32(STATX.at.stx_dev_major, true) * 2 ** 32 +
      view.getUint32(STATX.at.stx_dev_minor, true),
    size: Number(view.getBigUint64(STATX.at.stx_size, true)),
    regular: (mode & S_IFMT) === S_IFREG,
    directory: (mode & S_IFMT) === S_IFDIR,
  };
}

/** True for the errors that mean: there is nothing at that path. */
export function isMissing(number: number): boolean {
  return number === ERRNO.ENOENT || number === ERRNO.ENOTDIR || number === ERRNO.ESRCH;
}

const CHUNK = 4096;

/** Reads an open file to its end, or to `limit` bytes. @throws {SystemError} */
export function readAll(descriptor: number, limit: number): Uint8Array {
  let buffer = new Uint8Array(Math.min(limit, CHUNK));
  let length = 0;
  for (;;) {
    const room = buffer.subarray(length);
    const count = checked(
      restarted(() => files().read(descriptor, room, room.length)),
      "read",
    );
    length += count;
    if (count === 0 || length === limit) return buffer.subarray(0, length);
    if (length < buffer.length) continue;
    const larger = new Uint8Array(Math.min(limit, buffer.length * 4));
    larger.set(buffer);
    buffer = larger;
  }
}

/** Sets where an open file is read next, in bytes from its beginning. @throws {SystemError} */
export function seek(descriptor: number, offset: number): void {
  checked(Number(files().lseek(descriptor, offset, SEEK_SET)), "lseek");
}

const decoder = new TextDecoder();

/** As `isMissing`; a cgroup that is being removed says ENODEV. */
function isAbsent(number: number): boolean {
  return isMissing(number) || number === ERRNO.ENODEV;
}

/** True for the errors that mean: whatever is there is not ours to see. */
function isRefused(number: number): boolean {
  return number === ERRNO.EACCES || number === ERRNO.EPERM;
}

/**
 * The text of a file such as those in /proc; undefined where it is missing or may not be read.
 *
 * @throws {SystemError} Nothing can be told, for example for want of descriptors (EMFILE).
 */
export function readText(path: string, limit = 1 << 20): string | undefined {
  const descriptor = tryOpen(path, OPEN.readOnly);
  if (descriptor === -1) {
    const failure = errno();
    if (isAbsent(failure) || isRefused(failure)) return undefined;
    throw new SystemError("open", failure, `for ${path}`);
  }
  try {
    return decoder.decode(readAll(descriptor, limit));
  } catch (error) {
    // A process that ends while its file is read, or one that closes the descriptor that it tells of.
    if (error instanceof SystemError && isAbsent(error.errno)) return undefined;
    throw error;
  } finally {
    close(descriptor);
  }
}

/** Writes everything. @throws {SystemError} */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    const part = rest;
    const count = checked(restarted(() => files().write(descriptor, part, part.length)), "write");
    rest = rest.subarray(count);
  }
}

/** Removes a file; false where there was none. @throws {SystemError} */
export function remove(path: string): boolean {
  const result = files().unlink(cstring(path));
  if (result === -1 && isMissing(errno())) return false;
  checked(result, "unlink", `for ${path}`);
  return true;
}

/** Where a symbolic link points; undefined where there is none. */
export function readLink(path: string): string | undefined {
  const buffer = new Uint8Array(CHUNK);
  const length = files().readlink(cstring(path), buffer, buffer.length);
  return length === -1 ? undefined : decoder.decode(buffer.subarray(0, length));
}

/** The absolute path with every link resolved. @throws {SystemError} */
export function realPath(path: string): string {
  const buffer = new Uint8Array(CHUNK);
  if (files().realpath(cstring(path), buffer) === null) {
    throw new SystemError("realpath", errno(), `for ${path}`);
  }
  return decoder.decode(buffer.subarray(0, buffer.indexOf(0)));
}

/** The names in a directory, without `.` and `..`; none where it is missing. @throws {SystemError} */
export function listDirectory(path: string): string[] {
  if (darwin !== undefined) {
    const names = darwin.namesIn(path);
    if (names !== undefined || isMissing(errno())) return names ?? [];
    throw new SystemError("opendir", errno(), `for ${path}`);
  }
  const descriptor = tryOpen(path, OPEN.readOnly);
  if (descriptor === -1) {
    if (isMissing(errno())) return [];
    throw new SystemError("open", errno(), `for ${path}`);
  }
  try {
    return [...directoryEntries(descriptor)];
  } finally {
    close(descriptor);
  }
}

const { d_name, d_reclen } = DIRENT.at;

function* directoryEntries(descriptor: number): Generator<string> {
  const list = files().getdents64 ?? files().getdents;
  const buffer = new Uint8Array(CHUNK * 8);
  const view = new DataView(buffer.buffer);
  for (;;) {
    const length = checked(list?.(descriptor, buffer, buffer.length) ?? 0, "getdents64");
    if (length === 0) return;
    for (let offset = 0; offset < length; offset += view.getUint16(offset + d_reclen, true)) {
      const name = buffer.subarray(offset + d_name, buffer.indexOf(0, offset + d_name));
      const text = decoder.decode(name);
      if (text !== "." && text !== "..") yield text;
    }
  }
}
