import { ERRNO } from "../../../ffi/errno.ts";
import { cstring, errno, files, processes } from "../../../ffi/libc.ts";
import { SystemError } from "../../../ffi/errors.ts";
import {
  close,
  listDirectory,
  OPEN,
  open,
  readAll,
  remove,
  statusAt,
  statusOf,
  tryOpen,
  writeAll,
} from "../../file/posix.ts";
import { fingerprint } from "../../name.ts";
import { host } from "./host.ts";
import { decodeRecord, encodeRecord, type ServiceRecord } from "./record.ts";

/** The files of one service. */
export interface ServicePaths {
  readonly directory: string;
  readonly record: string;
  readonly temporary: string;
  /** Locked by whoever starts the service, so that a child between fork and exec is noticed. */
  readonly token: string;
  /** The output of a `commandService` that named no log. */
  readonly log: string;
  /** What the FIFOs of its guardians begin with, where they have one. */
  readonly fifo: string;
}

const ENDING = ".json";
const READABLE = 64;
const LARGEST = 1 << 20;

/** A name as part of a file name: letters, digits, `-` and `_` stay, the hash tells names apart. */
function slug(name: string): string {
  const readable = name.replaceAll(
    /[^A-Za-z0-9_-]/g,
    (character) => `%${character.codePointAt(0)?.toString(16)}`,
  );
  return `${readable.slice(0, READABLE)}.${fingerprint(name)}`;
}

/** The files of a service in its directory. */
export function pathsOf(directory: string, name: string): ServicePaths {
  const stem = `${directory}/${slug(name)}`;
  return {
    directory,
    record: `${stem}${ENDING}`,
    temporary: `${stem}${ENDING}.tmp`,
    token: `${stem}.start`,
    log: `${stem}.log`,
    fifo: `${stem}.fifo`,
  };
}

/** What was found at a record's path. */
export interface Found {
  readonly record?: ServiceRecord;
  /** Why there is no record although there is something. */
  readonly problem?: string;
}

/**
 * Reads a record, to act upon it. Whatever cannot be trusted counts as absent, and is told as a problem.
 *
 * @throws {SystemError} It may be a good one: it could not be read, for example for want of descriptors (EMFILE).
 */
export function readRecord(path: string): Found {
  try {
    const text = readRegular(path);
    if (text === undefined) return {};
    const record = decodeRecord(text);
    if (record.host === host()) return { record };
    throw new Error("it was written before a reboot, or in another container");
  } catch (error) {
    if (error instanceof SystemError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return { problem: `The record ${path} is ignored: ${why}` };
  }
}

/** Reads a record, only to look at it: what the system refuses is told as a problem as well. */
export function peekRecord(path: string): Found {
  try {
    return readRecord(path);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { problem: `The record ${path} cannot be read: ${error.message}` };
  }
}

function readRegular(path: string): string | undefined {
  const status = statusAt(path);
  if (status === undefined) return undefined;
  if (!status.regular) throw new Error("it is not a regular file");
  const user = processes().geteuid();
  if (status.owner !== user) throw new Error(`it belongs to user ${status.owner}, not to ${user}`);
  if (status.size > LARGEST) throw new Error(`it is larger than ${LARGEST} bytes`);
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
    return new TextDecoder("utf-8", { fatal: true }).decode(readAll(descriptor, LARGEST));
  } finally {
    close(descriptor);
  }
}

/** Writes a record, whole or not at all: a new file takes the old one's place. @throws {SystemError} */
export function writeRecord(paths: ServicePaths, record: ServiceRecord): void {
  // Only the holder of the start-up lock writes, so a temporary file that is there was left by a dead one.
  remove(paths.temporary);
  const descriptor = open(paths.temporary, OPEN.writeOnly | OPEN.create | OPEN.exclusive);
  try {
    writeAll(descriptor, new TextEncoder().encode(encodeRecord(record)));
  } catch (error) {
    remove(paths.temporary);
    throw error;
  } finally {
    close(descriptor);
  }
  const renamed = files().rename(cstring(paths.temporary), cstring(paths.record));
  if (renamed !== -1) return;
  const failure = new SystemError("rename", errno(), `to ${paths.record}`);
  remove(paths.temporary);
  throw failure;
}

/** Removes all files of a service. @throws {SystemError} */
export function eraseRecord(paths: ServicePaths): void {
  for (const path of [paths.record, paths.temporary, paths.token, paths.log]) remove(path);
}

/** The records in a directory, those that cannot be read left out. */
export function listRecords(directory: string): ServiceRecord[] {
  return listDirectory(directory)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => peekRecord(`${directory}/${file}`).record)
    .filter((record) => record !== undefined)
    .sort((a, b) => a.name < b.name ? -1 : 1);
}
