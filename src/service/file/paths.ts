// Where a procref.json is, and what its paths mean, system by system.

import * as file from "../../file/posix.ts";
import { runtime } from "../../runtime/mod.ts";

/** What a system must offer for a file of services. */
export interface Paths {
  /** A path with every link resolved. @throws {SystemError} */
  realPath(path: string): string;
  /** True for a regular file, or a link to one. */
  isFile(path: string): boolean;
  /** A file's text; undefined where it is not there, or may not be read. */
  readText(path: string): string | undefined;
  /** The directory that holds a file or directory; undefined of the topmost one. For a real path. */
  parentOf(path: string): string | undefined;
  /** A path in a directory, unless it is absolute. */
  within(directory: string, path: string): string;
}

const posix: Paths = {
  realPath: file.realPath,
  isFile: (path) => file.statusAt(path, "follow")?.regular === true,
  readText: (path) => file.statusAt(path, "follow") === undefined ? undefined : file.readText(path),
  parentOf: (path) => path === "/" ? undefined : path.replace(/\/[^/]*$/, "") || "/",
  within: (directory, path) =>
    path.startsWith("/") ? path : `${directory === "/" ? "" : directory}/${path}`,
};

// Another system's way is loaded only there.
const windows = runtime.platform === "windows"
  ? (await import("./paths_windows.ts")).windows
  : undefined;

/** This system's way. */
export function paths(): Paths {
  return windows ?? posix;
}
