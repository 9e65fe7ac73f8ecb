// The files of records. Only the holder of the start-up lock writes; anybody of this user may read.

import { ERRNO } from "../../../ffi/errno.ts";
import { cstring, errno, files, processes } from "../../../ffi/libc.ts";
import { SystemError } from "../../../ffi/errors.ts";
import {
  close,
  listDirectory,
  OPEN,
  open,
  readAll,
  readText,
  remove,
  statusAt,
  statusOf,
  tryOpen,
  writeAll,
} from "../../file/posix.ts";
import { platform } from "../../../ffi/platform.ts";

/** What a system must offer for records. */
export interface RecordFiles {
  /**
   * A file of our own, or its first `limit` bytes; undefined where there is none.
   *
   * @throws {SystemError} It could not be read, for example for want of descriptors (EMFILE).
   * @throws {Error} It is not to be trusted; the message says why.
   */
  read(path: string, limit: number): Uint8Array | undefined;
  /** Writes a file, whole or not at all: a new one, `temporary`, takes the old one's place. @throws {SystemError} */
  replace(path: string, temporary: string, text: string): void;
  /** Removes a file; false where there was none. @throws {SystemError} */
  remove(path: string): boolean;
  /** The names in a directory. @throws {SystemError} */
  list(directory: string): string[];
  /** Where pids and kernel objects of this process mean something. */
  host(): string;
}

const posix: RecordFiles = {
  read(path, limit) {
    const status = statusAt(path);
    if (status === undefined) return undefined;
    if (!status.regular) throw new Error("it is not a regular file");
    const user = processes().geteuid();
    if (status.owner !== user) {
      throw new Error(`it belongs to user ${status.owner}, not to ${user}`);
    }
    const descriptor = tryOpen(path, OPEN.readOnly | OPEN.nonblock);
    if (descriptor === -1) {
      if (errno() === ERRNO.ENOENT) return undefined;
      if (errno() === ERRNO.ELOOP) throw new Error("it is not a regular file");
      throw new SystemError("open", errno(), `for ${path}`);
    }
    try {
      // A link that was put there since the look at it leads to another file.
      const opened = statusOf(descriptor);
      if (!opened.regular || opened.owner !== user) {
        throw new Error("it was exchanged while it was read");
      }
      return readAll(descriptor, limit);
    } finally {
      close(descriptor);
    }
  },

  replace(path, temporary, text) {
    // A temporary file that is there was left by a dead writer.
    remove(temporary);
    const descriptor = open(temporary, OPEN.writeOnly | OPEN.create | OPEN.exclusive);
    try {
      writeAll(descriptor, new TextEncoder().encode(text));
    } catch (error) {
      remove(temporary);
      throw error;
    } finally {
      close(descriptor);
    }
    if (files().rename(cstring(temporary), cstring(path)) !== -1) return;
    const failure = new SystemError("rename", errno(), `to ${path}`);
    remove(temporary);
    throw failure;
  },

  remove,
  list: listDirectory,
  host: hostOfPosix,
};

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../../file/darwin.ts") : undefined;

let knownHost: string | undefined;

/** This boot of this kernel, and the IPC and pid namespaces, by their inodes (namespaces(7)). macOS has no namespaces. */
function hostOfPosix(): string {
  if (darwin !== undefined) return knownHost ??= darwin.bootSession();
  return knownHost ??= [
    readText("/proc/sys/kernel/random/boot_id")?.trim(),
    statusAt("/proc/self/ns/ipc", "follow")?.inode,
    statusAt("/proc/self/ns/pid", "follow")?.inode,
  ].join(" ");
}

// Another system's way is loaded only there.
const windows = platform === "windows" ? (await import("./files_windows.ts")).windows : undefined;

/** This system's way. */
export const recordFiles: RecordFiles = windows ?? posix;
