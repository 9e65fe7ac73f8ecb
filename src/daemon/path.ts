import { pathOf } from "../check.ts";
import { platform } from "../../ffi/platform.ts";
import { realPath } from "../file/posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("../file/path_windows.ts") : undefined;

/**
 * An absolute path: a daemon's working directory is not the one in which the path was written.
 *
 * @throws {TypeError} It is no text, no file URL, empty, or holds NUL.
 */
export function absolutePath(path: string | URL, what: string): string {
  if (windows !== undefined) return windows.absolutePathOf(path, what);
  const place = pathOf(path, what);
  return place.startsWith("/") ? place : `${realPath(".")}/${place}`;
}

/** Where a daemon is in nobody's way: a directory that somebody is in can't be removed or unmounted. */
export function rootDirectory(): string {
  return windows === undefined ? "/" : windows.systemDrive();
}
