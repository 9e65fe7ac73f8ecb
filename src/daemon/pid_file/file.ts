// A pid file is a regular file: it is never followed through a link, and a FIFO in its place never waited for
// (open(2): O_NOFOLLOW, O_NONBLOCK).

import { ERRNO } from "../../../ffi/errno.ts";
import { PermissionError, ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { checked, errno } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { close, OPEN, readAll, seek, statusOf, tryOpen, writeAll } from "../../file/posix.ts";
import { quote } from "../../name.ts";

/** Everybody may read it: it is there for people and their tools. */
const MODE = 0o644;
const LARGEST = 4096; // bytes

/**
 * Opens a pid file for reading, or for reading and writing, and then makes it if it is missing. Nothing is truncated.
 *
 * @throws {ProcrefError} `"not_found"`, `"not_a_file"`, `"permission_denied"`.
 */
export function openPidFile(path: string, purpose: "read" | "write"): number {
  const access = purpose === "read" ? OPEN.readOnly : OPEN.readWrite | OPEN.create;
  const descriptor = tryOpen(path, access | OPEN.nonblock | OPEN.noFollow, MODE);
  if (descriptor === -1) throw pidFileFailure("open", errno(), path, purpose === "write");
  if (statusOf(descriptor).regular) return descriptor;
  close(descriptor);
  throw notAFile(path, "not a regular file");
}

function notAFile(path: string, why: string): ProcrefError {
  return new ProcrefError("not_a_file", `The pid file ${quote(path)} is ${why}`);
}

/** A failed call on a pid file, as the error that a caller can tell apart. */
export function pidFileFailure(
  syscall: string,
  number: number,
  path: string,
  creating: boolean,
): ProcrefError {
  const cause = new SystemError(syscall, number, `for the pid file ${quote(path)}`);
  switch (number) {
    case ERRNO.ENOENT:
    case ERRNO.ENOTDIR: {
      const what = creating ? "The directory of the pid file is missing" : "There is no pid file";
      return new ProcrefError("not_found", `${what}: ${quote(path)} (${cause.message})`, { cause });
    }
    case ERRNO.EACCES:
    case ERRNO.EPERM:
    case ERRNO.EROFS:
      return new PermissionError(cause.message, { cause });
    case ERRNO.EISDIR:
      return notAFile(path, "a directory");
    case ERRNO.ELOOP:
      return notAFile(path, "a symbolic link, which is not followed");
    default:
      return cause;
  }
}

/** The text of an open pid file. @throws {SystemError} */
export function readPidText(descriptor: number): string {
  seek(descriptor, 0);
  return new TextDecoder().decode(readAll(descriptor, LARGEST));
}

/** Puts a text in place of what an open pid file holds; only for who has its lock. @throws {SystemError} */
export function writePidText(descriptor: number, text: string): void {
  checked(daemons().ftruncate(descriptor, 0), "ftruncate");
  seek(descriptor, 0);
  writeAll(descriptor, new TextEncoder().encode(text));
}
