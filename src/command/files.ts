// Files as input and output, by system call. Reading and writing is synchronous, so only those are taken that never
// keep anybody waiting: regular files, and the null device. A pipe or a terminal has other ways in: a stream, "inherit".

import { ProcrefError } from "../../ffi/errors.ts";
import { checked, cstring, files } from "../../ffi/libc.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { close, OPEN, open, realPath, statusAt, writeAll } from "../file/posix.ts";
import { quote } from "../name.ts";
import type { Sink } from "./sinks.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./files_windows.ts") : undefined;

const CHUNK = 65_536;
const NULL_DEVICE = "/dev/null";

/**
 * Looks before anything is started.
 *
 * @throws {ProcrefError} `not_found`; `not_a_file`: a directory, a pipe, a terminal or another device.
 * @throws {SystemError} It may not be read.
 */
export function checkInputFile(path: string): void {
  if (windows !== undefined) return windows.checkInputFile(path);
  const status = statusAt(path, "follow");
  if (status === undefined) {
    throw new ProcrefError("not_found", `The file for stdin is not there: ${quote(path)}`);
  }
  checkKind(status.regular, path, "stdin is read from");
  close(open(path, OPEN.readOnly | OPEN.nonblock));
}

/**
 * The same for a file that is written, or made.
 *
 * @throws {ProcrefError} `not_found`: its directory; `not_a_file`.
 * @throws {SystemError} It may not be written, or made.
 */
export function checkOutputFile(path: string): void {
  if (windows !== undefined) return windows.checkOutputFile(path);
  const status = statusAt(path, "follow");
  if (status !== undefined) {
    checkKind(status.regular, path, "Output is written to");
    return close(open(path, OPEN.writeOnly | OPEN.nonblock));
  }
  const directory = directoryOf(path);
  if (!statusAt(directory, "follow")?.directory) {
    throw new ProcrefError("not_found", `The directory for output is not there: ${quote(path)}`);
  }
  checked(files().access(cstring(directory), POSIX.W_OK), "access", `for ${directory}`);
}

function checkKind(regular: boolean, path: string, what: string): void {
  if (regular || realPath(path) === NULL_DEVICE) return;
  throw new ProcrefError("not_a_file", `${what} a regular file or ${NULL_DEVICE}: ${quote(path)}`);
}

function directoryOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end === -1 ? "." : path.slice(0, end + 1);
}

/** Writes to a file. @throws {SystemError} It cannot be opened. */
export function fileSink({ path, append }: { path: string; append: boolean }): Sink {
  if (windows !== undefined) return windows.fileSink({ path, append });
  const mode = append ? OPEN.append : OPEN.truncate;
  const descriptor = open(path, OPEN.writeOnly | OPEN.create | OPEN.nonblock | mode, 0o666);
  return {
    write(bytes) {
      writeAll(descriptor, bytes);
      return undefined;
    },
    end: () => undefined,
    close: () => close(descriptor),
  };
}

/** A file as a stream. That it cannot be opened shows at the first read, as with any other source. */
export function readableFile(path: string): ReadableStream<Uint8Array> {
  if (windows !== undefined) return windows.readableFile(path);
  let descriptor: number | undefined;
  const leave = () => {
    if (descriptor !== undefined) close(descriptor);
    descriptor = undefined;
  };
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      try {
        descriptor ??= open(path, OPEN.readOnly | OPEN.nonblock);
        const bytes = new Uint8Array(CHUNK);
        const count = checked(files().read(descriptor, bytes, bytes.length), "read", `for ${path}`);
        if (count > 0) return controller.enqueue(bytes.subarray(0, count));
      } catch (error) {
        leave();
        throw error;
      }
      leave();
      controller.close();
    },
    cancel: leave,
  }, { highWaterMark: 0 });
}
