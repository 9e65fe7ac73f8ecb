// What error numbers mean (errno(3)). Which number stands for which meaning is each system's own: see `numbers/`.

import { platform } from "./platform.ts";
import { LINUX_ERRNO } from "./numbers/linux.ts";

/** The names that procref's code knows. */
export type ErrnoName = keyof typeof LINUX_ERRNO;

const MEANINGS: Readonly<Record<ErrnoName, string>> = {
  EPERM: "operation not permitted",
  ENOENT: "no such file or object",
  ESRCH: "no such process",
  EINTR: "interrupted by a signal",
  EIO: "input/output error",
  ENXIO: "no such device, or nobody reads",
  E2BIG: "argument list too long",
  ENOEXEC: "not an executable format",
  EBADF: "bad file descriptor",
  ECHILD: "no child process",
  EAGAIN: "would have to wait",
  ENOMEM: "out of memory",
  EACCES: "permission denied",
  EFAULT: "bad address",
  EBUSY: "busy",
  EEXIST: "exists already",
  ENODEV: "no such device",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EINVAL: "invalid argument",
  ENFILE: "too many open files in the system",
  EMFILE: "too many open files in this process",
  EFBIG: "file or value too large",
  ENOSPC: "no space, or no object of this kind, left",
  EROFS: "read-only file system",
  EPIPE: "broken pipe",
  ERANGE: "value out of range",
  ENAMETOOLONG: "name too long",
  ENOSYS: "not implemented by this kernel",
  ENOTEMPTY: "directory not empty",
  ELOOP: "symbolic link in the way",
  EIDRM: "object removed",
  EOVERFLOW: "value too large for its type",
  EADDRINUSE: "address in use",
  EISCONN: "connected already",
  ETIMEDOUT: "timed out",
  EINPROGRESS: "under way",
  EDQUOT: "quota exceeded",
};

/** The error numbers that procref's code tells apart, by name. */
export const ERRNO: { readonly [Each in ErrnoName]: number } = platform === "darwin"
  ? (await import("./numbers/darwin.ts")).DARWIN_ERRNO
  : LINUX_ERRNO;

const windows = platform === "windows" ? await import("./windows/status.ts") : undefined;

function nameOf(number: number): ErrnoName | undefined {
  return (Object.keys(MEANINGS) as ErrnoName[]).find((name) => ERRNO[name] === number);
}

/** True if a failure is of that kind; a status of Windows is the kind that it comes nearest to. */
export function isErrno(number: number, name: ErrnoName): boolean {
  return number === ERRNO[name] || windows?.likeErrno(number) === name;
}

/** `errnoName(13)` is `"EACCES"`; a number that is not in the table reads `errno 999`. */
export function errnoName(number: number): string {
  if (windows?.isStatus(number)) return windows.statusName(number);
  return nameOf(number) ?? `errno ${number}`;
}

/** The number as people look it up: an errno in decimal, a status of Windows in hexadecimal digits. */
export function errnoDigits(number: number): string {
  return windows?.isStatus(number) ? `0x${number.toString(16)}` : String(number);
}

/** What the number means, in lower-case words. */
export function errnoText(number: number): string {
  if (windows?.isStatus(number)) return windows.statusText(number);
  const name = nameOf(number);
  return name === undefined ? "unknown error" : MEANINGS[name];
}
