import { POSIX } from "../../ffi/numbers/mod.ts";
import { cstring, files } from "../../ffi/libc.ts";
import { realPath, statusAt } from "../file/posix.ts";
import { runtime } from "../runtime/mod.ts";

// Another system's way is loaded only there.
const windows = runtime.platform === "windows" ? await import("./which_windows.ts") : undefined;

/** Where a program is looked for. */
export interface WhichOptions {
  /** Directories separated by colons, on Windows by semicolons. Default: the variable `PATH`. */
  readonly path?: string;
  /** What relative names start from. Default: the working directory. */
  readonly cwd?: string;
  /**
   * Looks into `node_modules/.bin` of `cwd` and of every directory above it first.
   *
   * @default {false}
   */
  readonly preferLocal?: boolean;
}

/**
 * Finds a program as a shell would: the first executable file of that name in the directories of `PATH`
 * (execvp(3)). A name with a slash is a path, relative to `cwd`. On Windows a name may lack its ending, one of
 * `PATHEXT`.
 *
 * @param program A name such as `"git"`, or a path.
 * @param options Where to look.
 * @returns The absolute path; undefined where there is none.
 *
 * @example
 * ```ts
 * import { which } from "@procref/procref/process";
 *
 * console.log(which("sh", { path: "/usr/bin:/bin" })); // "/usr/bin/sh" or "/bin/sh"
 * ```
 */
export function which(program: string, options: WhichOptions = {}): string | undefined {
  if (windows !== undefined) return windows.whichOnWindows(program, options);
  if (program === "" || program.includes("\0")) return undefined;
  let known: string | undefined;
  const cwd = () => known ??= realPath(options.cwd ?? ".");
  const slash = program.lastIndexOf("/");
  if (slash !== -1) {
    const directory = absolute(program.slice(0, slash + 1), cwd);
    return firstExecutable([directory], program.slice(slash + 1));
  }
  const path = options.path ?? runtime.variable("PATH") ?? "";
  const local = options.preferLocal ? localDirectories(cwd()) : [];
  const listed = path === "" ? [] : path.split(":").map((entry) => absolute(entry, cwd));
  return firstExecutable([...local, ...listed], program);
}

/** An entry of `PATH`; an empty one means the working directory (execvp(3)). */
function absolute(entry: string, cwd: () => string): string {
  if (entry.startsWith("/")) return entry;
  const path = `${cwd()}/${entry}`;
  return statusAt(path, "follow")?.directory ? realPath(path) : path;
}

function localDirectories(cwd: string): string[] {
  const parts = cwd.split("/").slice(1);
  return parts.map((_, index) => ["", ...parts.slice(0, parts.length - index)].join("/"))
    .concat("")
    .map((directory) => `${directory}/node_modules/.bin`);
}

function firstExecutable(directories: readonly string[], program: string): string | undefined {
  for (const directory of directories) {
    const path = `${directory.replace(/\/+$/, "")}/${program}`;
    if (isExecutable(path)) return path;
  }
  return undefined;
}

/** True for a file that this process may execute (access(2)). */
export function isExecutable(path: string): boolean {
  return files().access(cstring(path), POSIX.X_OK) === 0 &&
    statusAt(path, "follow")?.regular === true;
}
