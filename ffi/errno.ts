import { isStatus, statusName, statusText } from "./windows/status.ts";

// Error numbers of Linux (asm-generic/errno-base.h, asm-generic/errno.h; x86-64 and 64-bit Arm agree).

const TABLE = {
  EPERM: [1, "operation not permitted"],
  ENOENT: [2, "no such file or object"],
  ESRCH: [3, "no such process"],
  EINTR: [4, "interrupted by a signal"],
  EIO: [5, "input/output error"],
  ENXIO: [6, "no such device, or nobody reads"],
  E2BIG: [7, "argument list too long"],
  ENOEXEC: [8, "not an executable format"],
  EBADF: [9, "bad file descriptor"],
  ECHILD: [10, "no child process"],
  EAGAIN: [11, "would have to wait"],
  ENOMEM: [12, "out of memory"],
  EACCES: [13, "permission denied"],
  EFAULT: [14, "bad address"],
  EBUSY: [16, "busy"],
  EEXIST: [17, "exists already"],
  ENODEV: [19, "no such device"],
  ENOTDIR: [20, "not a directory"],
  EISDIR: [21, "is a directory"],
  EINVAL: [22, "invalid argument"],
  ENFILE: [23, "too many open files in the system"],
  EMFILE: [24, "too many open files in this process"],
  EFBIG: [27, "file or value too large"],
  ENOSPC: [28, "no space, or no object of this kind, left"],
  EROFS: [30, "read-only file system"],
  EPIPE: [32, "broken pipe"],
  ERANGE: [34, "value out of range"],
  ENAMETOOLONG: [36, "name too long"],
  ENOSYS: [38, "not implemented by this kernel"],
  ENOTEMPTY: [39, "directory not empty"],
  ELOOP: [40, "symbolic link in the way"],
  EIDRM: [43, "object removed"],
  EOVERFLOW: [75, "value too large for its type"],
  EADDRINUSE: [98, "address in use"],
  EISCONN: [106, "connected already"],
  ETIMEDOUT: [110, "timed out"],
  EINPROGRESS: [115, "under way"],
  EDQUOT: [122, "quota exceeded"],
} as const satisfies Record<string, readonly [number, string]>;

/** The error numbers that procref's code tells apart, by name. */
export const ERRNO = Object.fromEntries(
  Object.entries(TABLE).map(([name, [number]]) => [name, number]),
) as { readonly [Name in keyof typeof TABLE]: (typeof TABLE)[Name][0] };

const byNumber = new Map<number, readonly [string, string]>(
  Object.entries(TABLE).map(([name, [number, text]]) => [number, [name, text]]),
);

/** `errnoName(13)` is `"EACCES"`; a number that is not in the table reads `errno 999`. */
export function errnoName(number: number): string {
  if (isStatus(number)) return statusName(number);
  return byNumber.get(number)?.[0] ?? `errno ${number}`;
}

/** The number as people look it up: an errno in decimal, a status of Windows in hexadecimal digits. */
export function errnoDigits(number: number): string {
  return isStatus(number) ? `0x${number.toString(16)}` : String(number);
}

/** What the number means, in lower-case words. */
export function errnoText(number: number): string {
  if (isStatus(number)) return statusText(number);
  return byNumber.get(number)?.[1] ?? "unknown error";
}
