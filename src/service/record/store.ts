import { SystemError } from "../../../ffi/errors.ts";
import { fingerprint } from "../../name.ts";
import { recordFiles } from "./files.ts";
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
const LARGEST = 1 << 20; // bytes
/**
 * A name as part of a file name: encoded as in a URL, and the hash tells names apart. Windows takes no `*`, and a device's
 * name before the first dot for the device: so there is none before the hash.
 */
function slug(name: string): string {
  const readable = encodeURIComponent(name).replaceAll("*", "%2A").replaceAll(".", "%2E");
  return `${readable.slice(0, READABLE)}-${fingerprint(name)}`;
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
    const bytes = recordFiles.read(path, LARGEST + 1);
    if (bytes === undefined) return {};
    if (bytes.length > LARGEST) throw new Error(`it is larger than ${LARGEST} bytes`);
    const record = decodeRecord(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (record.host === recordFiles.host()) return { record };
    throw new Error("it was written before a reboot, or in another container or session");
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

/** Writes a record, whole or not at all. @throws {SystemError} */
export function writeRecord(paths: ServicePaths, record: ServiceRecord): void {
  recordFiles.replace(paths.record, paths.temporary, encodeRecord(record));
}

/** Removes all files of a service. @throws {SystemError} */
export function eraseRecord(paths: ServicePaths): void {
  const { remove } = recordFiles;
  for (const path of [paths.record, paths.temporary, paths.token, paths.log]) remove(path);
}

/** The records in a directory, those that cannot be read left out. */
export function listRecords(directory: string): ServiceRecord[] {
  return recordFiles.list(directory)
    .filter((file) => file.endsWith(ENDING))
    .map((file) => peekRecord(`${directory}/${file}`).record)
    .filter((record) => record !== undefined)
    .sort((a, b) => a.name < b.name ? -1 : 1);
}
