// Finding the program before the start: the runtimes give the same ENOENT for a missing program, interpreter and
// working directory, and a launcher in between could only fail late.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { PermissionError, ProcrefError } from "../../ffi/errors.ts";
import { cstring, errno, files } from "../../ffi/libc.ts";
import { close, OPEN, readAll, statusAt, tryOpen } from "../file/posix.ts";
import { quote } from "../name.ts";
import { isExecutable, which } from "../process/which.ts";
import { runtime } from "../runtime/mod.ts";
import { pathOf } from "../check.ts";
import type { SpawnOptions } from "./options.ts";

// What execvp(3) searches where PATH is not set.
const DEFAULT_PATH = "/bin:/usr/bin";

/**
 * The program's absolute path.
 *
 * @throws {ProcrefError} `not_found`: neither it nor its interpreter is there; the message says where it was searched.
 * @throws {PermissionError} It is a directory, or not executable.
 * @throws {TypeError} It is no name, or no file URL.
 */
export function findProgram(program: string | URL, options: SpawnOptions, cwd?: string): string {
  const name = pathOf(program, "The program");
  // The common case, without a look at the working directory.
  if (name.startsWith("/") && isExecutable(name)) return name;
  const where = name.includes("/") ? {} : { path: searchPath(options) };
  const path = which(name, {
    ...where,
    path: where.path ?? "",
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (path === undefined) throw notFound(name, where.path, cwd);
  return path;
}

/** As `findProgram`, but what is at an absolute path is left to the start, and to `checkProgram` if that fails. */
export function namedProgram(program: string | URL, options: SpawnOptions, cwd?: string): string {
  const name = pathOf(program, "The program");
  return name.startsWith("/") ? name : findProgram(name, options, cwd);
}

/** Tells why the program at a path can't be run, as far as one can see. @throws What `findProgram` does. */
export function checkProgram(path: string): void {
  findProgram(path, {});
  checkInterpreter(path);
}

/**
 * The working directory, checked.
 *
 * @throws {ProcrefError} `not_found`: it is not there, or no directory.
 * @throws {PermissionError} It may not be entered.
 */
export function checkDirectory(cwd: string | URL): string {
  const path = pathOf(cwd, "The working directory");
  const status = statusAt(path, "follow");
  if (status === undefined) {
    throw new ProcrefError("not_found", `The working directory is not there: ${quote(path)}`);
  }
  if (!status.directory) {
    throw new ProcrefError("not_found", `The working directory is no directory: ${quote(path)}`);
  }
  if (files().access(cstring(path), POSIX.X_OK) === -1 && errno() === ERRNO.EACCES) {
    throw new PermissionError(`The working directory may not be entered: ${quote(path)}`);
  }
  return path;
}

function searchPath({ env, clearEnv }: SpawnOptions): string {
  const path = env?.["PATH"] ?? (clearEnv ? undefined : runtime.variable("PATH"));
  return path ?? DEFAULT_PATH;
}

function notFound(name: string, path: string | undefined, cwd: string | undefined): ProcrefError {
  const from = cwd === undefined ? "" : ` from ${quote(cwd)}`;
  if (path !== undefined) {
    return new ProcrefError("not_found", `No program ${quote(name)} in PATH: ${path}${from}`);
  }
  const absolute = name.startsWith("/") || cwd === undefined ? name : `${cwd}/${name}`;
  const status = statusAt(absolute, "follow");
  if (status === undefined) {
    return new ProcrefError("not_found", `No program at ${quote(name)}${from}`);
  }
  const reason = status.directory ? "a directory" : "not executable";
  return new PermissionError(`The program ${quote(name)} is ${reason}`);
}

const LONGEST_LINE = 256; // BINPRM_BUF_SIZE (execve(2))

/**
 * A script's first line names its interpreter (execve(2)); a missing one looks like a missing script.
 *
 * @throws {ProcrefError} `not_found`: there is no such interpreter.
 */
function checkInterpreter(path: string): void {
  const descriptor = tryOpen(path, OPEN.readOnly | OPEN.nonblock);
  // It may be executable without being readable.
  if (descriptor === -1) return;
  let bytes: Uint8Array;
  try {
    bytes = readAll(descriptor, LONGEST_LINE);
  } finally {
    close(descriptor);
  }
  if (bytes[0] !== 0x23 || bytes[1] !== 0x21) return;
  const [line = ""] = new TextDecoder().decode(bytes.subarray(2)).split("\n");
  const [interpreter = ""] = line.trim().split(/[ \t]/);
  if (interpreter === "" || statusAt(interpreter, "follow") !== undefined) return;
  throw new ProcrefError(
    "not_found",
    `${quote(path)} is run by an interpreter that is not there: ${quote(interpreter)}`,
  );
}
