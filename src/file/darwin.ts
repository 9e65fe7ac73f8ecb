// What Linux tells of files and descriptors by statx(2), getdents64(2) and /proc, macOS tells by fstatat(2), readdir(3),
// proc_pidinfo and sysctl(3).

import { checked, cstring, errno, files, processes } from "../../ffi/libc.ts";
import { darwinFiles, darwinProcesses } from "../../ffi/libsystem.ts";
import { native } from "../../ffi/mod.ts";
import { DARWIN, DIRENT, PROC_FDINFO, STAT } from "../../ffi/numbers/darwin.ts";
import { SystemError } from "../../ffi/errors.ts";
import type { FileStatus } from "./posix.ts";

const { AT_FDCWD, AT_SYMLINK_NOFOLLOW, S_IFDIR, S_IFMT, S_IFREG } = DARWIN;
const { st_dev, st_ino, st_mode, st_size, st_uid } = STAT.at;

/** fstat(2); undefined with errno set. */
export function statusOfDescriptor(descriptor: number): FileStatus | undefined {
  const bytes = new Uint8Array(STAT.size);
  return darwinFiles().fstat(descriptor, bytes) === -1 ? undefined : parse(bytes);
}

/** fstatat(2); undefined with errno set. */
export function statusOfPath(path: string, follow: boolean): FileStatus | undefined {
  const bytes = new Uint8Array(STAT.size);
  const flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
  const result = darwinFiles().fstatat(AT_FDCWD, cstring(path), bytes, flags);
  return result === -1 ? undefined : parse(bytes);
}

function parse(bytes: Uint8Array<ArrayBuffer>): FileStatus {
  const view = new DataView(bytes.buffer);
  const mode = view.getUint16(st_mode, true);
  return {
    owner: view.getUint32(st_uid, true),
    mode: mode & 0o7777,
    inode: view.getBigUint64(st_ino, true),
    device: view.getInt32(st_dev, true),
    size: Number(view.getBigInt64(st_size, true)),
    regular: (mode & S_IFMT) === S_IFREG,
    directory: (mode & S_IFMT) === S_IFDIR,
  };
}

const decoder = new TextDecoder();

/** The names in a directory; undefined with errno set. */
export function namesIn(path: string): string[] | undefined {
  const directory = darwinFiles().opendir(cstring(path));
  if (directory === null) return undefined;
  const names: string[] = [];
  for (;;) {
    const entry = darwinFiles().readdir(directory);
    if (entry === null) break;
    const length = new DataView(native.view(entry, DIRENT.at.d_name)).getUint16(
      DIRENT.at.d_reclen,
      true,
    );
    const bytes = new Uint8Array(native.view(entry, length)).slice(DIRENT.at.d_name);
    const name = decoder.decode(bytes.subarray(0, bytes.indexOf(0)));
    if (name !== "." && name !== "..") names.push(name);
  }
  darwinFiles().closedir(directory);
  return names;
}

/** pipe(2), close-on-exec: another thread that spawns in between passes it on. @throws {SystemError} */
export function pipeEnds(): Int32Array {
  const ends = new Int32Array(2);
  checked(darwinFiles().pipe(ends), "pipe");
  for (const end of ends) files().fcntl(end, DARWIN.F_SETFD, DARWIN.FD_CLOEXEC);
  return ends;
}

/** The descriptors of this process. @throws {SystemError} */
export function descriptors(): number[] {
  const pid = processes().getpid();
  const room = new Uint8Array(PROC_FDINFO.size * 4096);
  const length = darwinProcesses().proc_pidinfo(
    pid,
    DARWIN.PROC_PIDLISTFDS,
    0,
    room,
    room.length,
  );
  if (length <= 0) throw new SystemError("proc_pidinfo", errno(), "for this process");
  const view = new DataView(room.buffer);
  return Array.from(
    { length: length / PROC_FDINFO.size },
    (_, index) => view.getInt32(index * PROC_FDINFO.size + PROC_FDINFO.at.proc_fd, true),
  );
}

/** What this process was started with. */
export interface Beginning {
  readonly executable: string;
  readonly commandLine: readonly string[];
  readonly environment: readonly string[];
}

/** What this process was started with. @throws {SystemError} */
export function beginning(): Beginning {
  const found = beginningOf(processes().getpid());
  if (found === undefined) throw new SystemError("sysctl", errno(), "for this process");
  // It is kept as execve(2) was given it, relative to a directory that may be another one by now.
  return found.executable.startsWith("/") ? found : { ...found, executable: ownPath() };
}

/** The path of this process's program; empty if its file is gone. */
function ownPath(): string {
  const room = new Uint8Array(LONGEST_PATH);
  const length = darwinProcesses().proc_pidpath(processes().getpid(), room, room.length);
  return decoder.decode(room.subarray(0, Math.max(0, length)));
}

const ARG_MAX = 1 << 20;
const LONGEST_PATH = 4096; // PROC_PIDPATHINFO_MAXSIZE
let room: Uint8Array<ArrayBuffer> | undefined;

/**
 * What a process was started with, by sysctl(3), KERN_PROCARGS2; undefined if it is gone, a zombie, or another user's. The
 * environment of Apple's own programs is left out.
 */
export function beginningOf(pid: number): Beginning | undefined {
  const name = new Int32Array([DARWIN.CTL_KERN, DARWIN.KERN_PROCARGS2, pid]);
  room ??= new Uint8Array(ARG_MAX);
  const length = new BigUint64Array([BigInt(room.length)]);
  const result = darwinProcesses().sysctl(name, name.length, room, length, null, 0);
  return result === -1 ? undefined : parseBeginning(room.subarray(0, Number(length[0])));
}

/** A number of arguments, the program's path, the arguments, the environment. */
export function parseBeginning(bytes: Uint8Array): Beginning {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const [executable = "", ...rest] = decoder.decode(bytes.subarray(4)).split("\0");
  // The path is filled up with zeros.
  const texts = rest.slice(rest.findIndex((text) => text !== ""));
  const environment = texts.slice(count);
  const end = environment.indexOf("");
  return {
    executable,
    commandLine: texts.slice(0, count),
    environment: end === -1 ? environment : environment.slice(0, end),
  };
}

/** What names this boot of the kernel (kern.bootsessionuuid). @throws {SystemError} */
export function bootSession(): string {
  const room = new Uint8Array(64);
  const length = new BigUint64Array([BigInt(room.length)]);
  const { sysctlbyname } = darwinProcesses();
  const result = sysctlbyname(cstring("kern.bootsessionuuid"), room, length, null, 0);
  checked(result, "sysctlbyname", "for kern.bootsessionuuid");
  return decoder.decode(room.subarray(0, room.indexOf(0)));
}

/** This user's own directory, which nobody else may enter and nobody empties (confstr(3)). @throws {SystemError} */
export function userDirectory(): string {
  return directoryOf(DARWIN._CS_DARWIN_USER_DIR);
}

/** Another one, which the system empties of what was left behind (confstr(3)). @throws {SystemError} */
export function temporaryDirectory(): string {
  return directoryOf(DARWIN._CS_DARWIN_USER_TEMP_DIR);
}

function directoryOf(name: number): string {
  const room = new Uint8Array(1024);
  const length = darwinProcesses().confstr(name, room, room.length);
  if (length === 0) throw new SystemError("confstr", errno(), "for this user's directory");
  return decoder.decode(room.subarray(0, length - 1));
}

const MOST_HOLDERS = 4096;

/** The processes that have a file of this path open, by proc_listpidspath. */
export function holdersOfPath(path: string): number[] {
  const room = new Int32Array(MOST_HOLDERS);
  const { proc_listpidspath } = darwinProcesses();
  const all = DARWIN.PROC_ALL_PIDS;
  const bytes = proc_listpidspath(all, 0, cstring(path), 0, room, room.byteLength);
  return [...room.subarray(0, Math.max(0, bytes) / room.BYTES_PER_ELEMENT)];
}
