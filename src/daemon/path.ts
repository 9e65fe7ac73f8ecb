import { pathOf } from "../check.ts";
import { readLink } from "../file/posix.ts";
import { assertLinux } from "../linux_only.ts";

/**
 * An absolute path: a daemon's working directory is not the one in which the path was written.
 *
 * @throws {TypeError} It is no text, no file URL, empty, or holds NUL.
 * @throws {UnsupportedError} Daemons and pid files are for Linux so far.
 */
export function absolutePath(path: string | URL, what: string): string {
  assertLinux("Daemons and pid files");
  const place = pathOf(path, what);
  return place.startsWith("/") ? place : `${readLink("/proc/self/cwd") ?? ""}/${place}`;
}
