// Files as input and output on Windows: those on a disk, and NUL. What else has a path there is a device, and could
// keep everybody waiting.

import { ProcrefError } from "../../ffi/errors.ts";
import { closeHandle } from "../../ffi/windows/ntdll.ts";
import {
  checkRoomFor,
  checkWritable,
  isNowhere,
  openToFollow,
  openToWrite,
  readFrom,
  statusAt,
  writeOn,
} from "../file/windows.ts";
import { quote } from "../name.ts";
import type { Sink } from "./sinks.ts";

const CHUNK = 65_536;

/** As on other systems. @throws {ProcrefError} `not_found`; `not_a_file`. @throws {SystemError} */
export function checkInputFile(path: string): void {
  if (isNowhere(path)) return;
  if (statusAt(path)?.directory) throw notAFile(path, "stdin is read from");
  const handle = openToFollow(path);
  if (handle === undefined) {
    throw new ProcrefError("not_found", `The file for stdin is not there: ${quote(path)}`);
  }
  closeHandle(handle);
}

/** The same for a file that is written, or made. @throws {ProcrefError} `not_found`; `not_a_file`. @throws {SystemError} */
export function checkOutputFile(path: string): void {
  if (isNowhere(path)) return;
  if (statusAt(path)?.directory) throw notAFile(path, "Output is written to");
  if (checkWritable(path)) return;
  const directory = directoryOf(path);
  if (statusAt(directory)?.directory && checkRoomFor(directory)) return;
  throw new ProcrefError("not_found", `The directory for output is not there: ${quote(path)}`);
}

function notAFile(path: string, what: string): ProcrefError {
  return new ProcrefError("not_a_file", `${what} a regular file or NUL: ${quote(path)}`);
}

function directoryOf(path: string): string {
  const end = Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/"), path.lastIndexOf(":"));
  return end === -1 ? "." : `${path.slice(0, end + 1)}.`;
}

/** Writes to a file. @throws {SystemError} It cannot be opened. */
export function fileSink({ path, append }: { path: string; append: boolean }): Sink {
  const handle = isNowhere(path) ? undefined : openToWrite(path, append);
  return {
    write(bytes) {
      if (handle !== undefined) writeOn(handle, bytes, path);
      return undefined;
    },
    end: () => undefined,
    close() {
      if (handle !== undefined) closeHandle(handle);
    },
  };
}

/** A file as a stream. That it cannot be opened shows at the first read, as with any other source. */
export function readableFile(path: string): ReadableStream<Uint8Array> {
  let handle: number | undefined;
  let at = 0;
  const leave = () => {
    if (handle !== undefined) closeHandle(handle);
    handle = undefined;
  };
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isNowhere(path)) return controller.close();
      try {
        handle ??= opened(path);
        const bytes = readFrom(handle, at, CHUNK);
        at += bytes.length;
        if (bytes.length > 0) return controller.enqueue(bytes);
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

function opened(path: string): number {
  const handle = openToFollow(path);
  if (handle !== undefined) return handle;
  throw new ProcrefError("not_found", `The file for stdin is gone: ${quote(path)}`);
}
