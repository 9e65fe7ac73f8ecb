import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { LARGEST_PID } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import { absolutePath } from "../path.ts";
import { formatPidFile, LARGEST_RECORDED, parsePidFile, type Recorded } from "./content.ts";
import { isRecordedAlive } from "./holder.ts";
import { claim } from "./lock.ts";
import { pidFiles } from "./system.ts";

/**
 * Writes a pid file: the pid, and on a second line the start time of the process if there is one. The file is locked
 * while it is written, so that a running daemon's can't be overwritten.
 *
 * @param path The file; made, with mode 644, if it is missing.
 * @param pid An integer from 0 to 2^32 - 1.
 * @throws {RangeError} The pid is none.
 * @throws {TypeError} A value of the wrong type.
 * @throws {LockedError} A running daemon holds the file.
 * @throws {ProcrefError} `"not_found"`: its directory is missing; `"permission_denied"`; `"not_a_file"`: a link, a
 * directory or something else is in its place.
 *
 * @example
 * ```ts
 * import { readPidFile, removePidFile, writePidFile } from "@procref/procref/daemon";
 *
 * const path = `/tmp/docs-write-${Deno.pid}.pid`;
 * await writePidFile(path, Deno.pid);
 * console.log(await readPidFile(path) === Deno.pid); // true
 * await removePidFile(path);
 * ```
 */
export async function writePidFile(path: string | URL, pid: number): Promise<void> {
  if (typeof pid !== "number") throw new TypeError(`A pid is a number: ${String(pid)}`);
  if (!Number.isInteger(pid) || pid < 0 || pid > LARGEST_RECORDED) {
    throw new RangeError(`A pid file holds an integer from 0 to ${LARGEST_RECORDED}: ${pid}`);
  }
  const identity = pid > 0 && pid <= LARGEST_PID ? identify(pid) : undefined;
  const file = await claim(absolutePath(path, "A pid file"));
  try {
    file.write(formatPidFile(identity ?? { pid, startTime: undefined }));
  } finally {
    file.close();
  }
}

/**
 * Reads a pid file. Spaces and line ends around the number don't matter.
 *
 * @param path The file.
 * @returns An integer from 0 to 2^32 - 1.
 * @throws {ProcrefError} `"not_found"`: it, or its directory, is missing; `"corrupt"`: it is empty, no number, or a
 * number out of range; `"permission_denied"`; `"not_a_file"`.
 * @throws {TypeError} It is no path.
 *
 * @example
 * ```ts
 * import { lockPidFile, readPidFile } from "@procref/procref/daemon";
 *
 * const path = `/tmp/docs-read-${Deno.pid}.pid`;
 * using _lock = lockPidFile(path);
 * console.log(await readPidFile(path) === Deno.pid); // true
 * ```
 */
export function readPidFile(path: string | URL): Promise<number> {
  return promised(() => readRecorded(absolutePath(path, "A pid file")).pid);
}

/** A promise that a throw rejects. */
function promised<T>(body: () => T): Promise<T> {
  return new Promise((resolve) => resolve(body()));
}

/** What a pid file says. @throws {ProcrefError} As `readPidFile`. */
export function readRecorded(path: string): Recorded {
  const text = pidFiles.read(path);
  const recorded = parsePidFile(text);
  if (recorded !== undefined) return recorded;
  const what = text.trim() === "" ? "is empty" : `holds no pid: ${quote(text.slice(0, 80))}`;
  throw new ProcrefError("corrupt", `The pid file ${quote(path)} ${what}`);
}

/**
 * Removes a pid file.
 *
 * @param path The file. If it is a link, the link.
 * @throws {ProcrefError} `"not_found"`: it is missing; `"permission_denied"`, on Windows also where it is locked;
 * `"not_a_file"`: a directory.
 * @throws {TypeError} It is no path.
 *
 * @example
 * ```ts
 * import { daemonStatus, removePidFile, writePidFile } from "@procref/procref/daemon";
 *
 * const path = `/tmp/docs-remove-${Deno.pid}.pid`;
 * await writePidFile(path, 0);
 * console.log((await daemonStatus(path)).stale); // true
 * await removePidFile(path);
 * console.log((await daemonStatus(path)).stale); // false
 * ```
 */
export function removePidFile(path: string | URL): Promise<void> {
  return promised(() => pidFiles.remove(absolutePath(path, "A pid file")));
}

/**
 * Tells whether the process that a pid file names is alive; one that merely has the same pid now is not meant, where
 * the file has a start time. Whether a daemon holds the file's lock is another question: `daemonStatus`.
 *
 * @param path The file.
 * @returns False for a zombie, and for a number that is no pid here, such as 0.
 * @throws {ProcrefError} As `readPidFile`.
 * @throws {TypeError} It is no path.
 *
 * @example
 * ```ts
 * import { isPidFileAlive, lockPidFile } from "@procref/procref/daemon";
 *
 * const path = `/tmp/docs-alive-${Deno.pid}.pid`;
 * using _lock = lockPidFile(path);
 * console.log(await isPidFileAlive(path)); // true
 * ```
 */
export function isPidFileAlive(path: string | URL): Promise<boolean> {
  return promised(() => isRecordedAlive(readRecorded(absolutePath(path, "A pid file"))));
}
