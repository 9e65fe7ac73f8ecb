import { pathOf } from "../check.ts";
import { realPath } from "../file/posix.ts";
import { assertPosix } from "../platform_only.ts";

/**
 * An absolute path: a daemon's working directory is not the one in which the path was written.
 *
 * @throws {TypeError} It is no text, no file URL, empty, or holds NUL.
 * @throws {UnsupportedError} This is Windows.
 */
export function absolutePath(path: string | URL, what: string): string {
  assertPosix("Daemons and pid files");
  const place = pathOf(path, what);
  return place.startsWith("/") ? place : `${realPath(".")}/${place}`;
}
