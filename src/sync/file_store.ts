// Files that processes map: the kernel frees a mapping at any end of its process; the object stays, as it was at that
// instant, until its name is unlinked and the last mapping gone (mmap(2)). Where the files are, and how one is made that
// nobody sees before it is complete, is each system's own.

import { ERRNO } from "../../ffi/errno.ts";
import { PermissionError, SystemError } from "../../ffi/errors.ts";
import { checked, errno, files, processes, restarted } from "../../ffi/libc.ts";
import { memory } from "../../ffi/libc_memory.ts";
import { native } from "../../ffi/mod.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { close, OPEN, remove, statusOf, tryOpen, writeAll } from "../file/posix.ts";
import { fingerprint, quote } from "../name.ts";
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  type Kind,
  type ObjectHeader,
} from "./header.ts";
import type { MappedObject, SyncSystem } from "./system.ts";

const { MAP_SHARED, PROT_READ, PROT_WRITE } = POSIX;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** A new file that nobody else sees yet. */
export interface Draft {
  readonly descriptor: number;
  /** Gives it a name; false: the name is taken. @throws {SystemError} */
  publish(path: string, subject: string): boolean;
  /** Puts away whatever it has been seen by until then. */
  discard(): void;
}

/** Where a system keeps the files. */
export interface FilePlace {
  /** What every path begins with. */
  prefix(): string;
  /** Makes a file of that size with all its memory: a write into what is full would be a SIGBUS, this is an ENOSPC. */
  draft(size: number, subject: string): Draft;
  /** Takes over the descriptor of a mapped file; what it returns is called when the mapping ends. */
  keep(payload: ArrayBuffer, descriptor: number): () => void;
}

/** The objects of a system that keeps them in files. */
export function fileStore(place: FilePlace): Pick<SyncSystem, "open" | "create" | "unlink"> {
  return {
    open: (kind, name) => openObject(place, kind, name),
    create: (header, fill) => createObject(place, header, fill),
    unlink: (kind, name) => unlinkObject(place, kind, name),
  };
}

/** Where an object is. The user is in the name, so that two users' objects do not meet. */
function pathOf(place: FilePlace, kind: Kind, name: string): string {
  const hash = fingerprint(`${kind}\0${name}`);
  return `${place.prefix()}-${processes().geteuid()}-${kind.replace(" ", "-")}-${hash}`;
}

function subject(kind: Kind, name: string): string {
  return `for ${kind} ${quote(name)}`;
}

/** Opens and maps the object; undefined where there is none. */
function openObject(place: FilePlace, kind: Kind, name: string): MappedObject | undefined {
  const path = pathOf(place, kind, name);
  // Nonblocking, for the case that somebody has planted a FIFO.
  const flags = OPEN.readWrite | OPEN.nonblock | OPEN.noFollow;
  const descriptor = tryOpen(path, flags);
  if (descriptor === -1) {
    if (errno() === ERRNO.ENOENT) return undefined;
    throw refused(errno(), path, kind, name);
  }
  try {
    const mapping = map(place, descriptor, checkedHeader(descriptor, path, kind, name));
    mapping.settle();
    return mapping.object;
  } catch (error) {
    close(descriptor);
    throw error;
  }
}

function refused(number: number, path: string, kind: Kind, name: string): Error {
  if (number === ERRNO.EACCES) {
    return new PermissionError(`${path} ${subject(kind, name)} belongs to another user`);
  }
  if (number === ERRNO.ELOOP || number === ERRNO.EISDIR || number === ERRNO.ENXIO) {
    return new PermissionError(`${path} ${subject(kind, name)} is no regular file`);
  }
  return new SystemError("open", number, subject(kind, name));
}

/**
 * Whose it is and how long, asked of the open file, so that nothing can change in between. A mapping longer than
 * its file is a SIGBUS at the first touch: the size is compared with the header's before anything is mapped.
 * (Who truncates the file later, which only this user can, still breaks those who have it mapped.)
 */
function checkedHeader(descriptor: number, path: string, kind: Kind, name: string): ObjectHeader {
  const status = statusOf(descriptor);
  const user = processes().geteuid();
  if (!status.regular) throw refused(ERRNO.ELOOP, path, kind, name);
  if (status.owner !== user || status.mode !== 0o600) {
    throw new PermissionError(
      `${path} ${subject(kind, name)} has owner ${status.owner} and mode ${
        status.mode.toString(8)
      }, not ${user} and 600`,
    );
  }
  const bytes = new Uint8Array(HEADER_BYTES);
  const length = checked(
    restarted(() => files().read(descriptor, bytes, bytes.length)),
    "read",
    subject(kind, name),
  );
  return decodeHeader(bytes.subarray(0, length), status.size, kind, name);
}

/** Makes the object; of several makers one succeeds. */
function createObject(
  place: FilePlace,
  header: ObjectHeader,
  fill: (payload: ArrayBuffer) => void,
): MappedObject | undefined {
  const { kind, name } = header;
  const about = subject(kind, name);
  const draft = place.draft(HEADER_BYTES + header.byteLength, about);
  let mapping: Mapping | undefined;
  let published = false;
  try {
    writeAll(draft.descriptor, encodeHeader(header));
    mapping = map(place, draft.descriptor, header);
    fill(mapping.object.payload);
    published = draft.publish(pathOf(place, kind, name), about);
    if (published) mapping.settle();
    return published ? mapping.object : undefined;
  } finally {
    draft.discard();
    if (mapping === undefined) close(draft.descriptor);
    else if (!published) mapping.object.unmap();
  }
}

interface Mapping {
  readonly object: MappedObject;
  /** Hands the descriptor over to the place, which knows whether it is still needed. */
  settle(): void;
}

/** Maps the file, whose descriptor is the mapping's from now on. @throws {SystemError} */
function map(place: FilePlace, descriptor: number, header: ObjectHeader): Mapping {
  const size = HEADER_BYTES + header.byteLength;
  const address = memory().mmap(null, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address === null || native.numberOf(address) === MAP_FAILED) {
    throw new SystemError("mmap", errno(), subject(header.kind, header.name));
  }
  const payload = native.view(address, header.byteLength, HEADER_BYTES);
  let letGo = () => close(descriptor);
  const object: MappedObject = {
    header,
    payload,
    unmap() {
      // Somebody else has detached the buffer, so another one lies over this memory. It must stay mapped:
      // lost addresses are harmless, an access to unmapped ones ends the process.
      if (payload.detached) return;
      payload.transfer(0);
      memory().munmap(address, size);
      letGo();
    },
  };
  return { object, settle: () => letGo = place.keep(payload, descriptor) };
}

/** Removes the name; false where there was none. */
function unlinkObject(place: FilePlace, kind: Kind, name: string): boolean {
  const path = pathOf(place, kind, name);
  try {
    return remove(path);
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== ERRNO.EPERM) throw error;
    throw new PermissionError(`${path} ${subject(kind, name)} belongs to another user`, {
      cause: error,
    });
  }
}
