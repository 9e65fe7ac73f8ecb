import { readLink } from "../file/posix.ts";
import { assertLinux } from "../linux_only.ts";
import { quote } from "../name.ts";

/**
 * An absolute path: a daemon's working directory is not the one in which the path was written.
 *
 * @throws {TypeError} It is no text, no file URL, empty, or holds NUL.
 * @throws {UnsupportedError} Daemons and pid files are for Linux so far.
 */
export function absolutePath(path: string | URL, what: string): string {
  assertLinux("Daemons and pid files");
  if (path instanceof URL) {
    if (path.protocol !== "file:") throw new TypeError(`${what} is a file URL: ${path}`);
    return absolutePath(decodeURIComponent(path.pathname), what);
  }
  if (typeof path !== "string") throw new TypeError(`${what} is a path: ${String(path)}`);
  if (path === "") throw new TypeError(`${what} has a name`);
  if (path.includes("\0")) throw new TypeError(`${what} holds no NUL: ${quote(path)}`);
  return path.startsWith("/") ? path : `${readLink("/proc/self/cwd") ?? ""}/${path}`;
}
