// Files in /dev/shm, a tmpfs (shm_overview(7)). The kernel frees a mapping at any end of its process; the object
// stays, as it was at that instant, until its name is unlinked and the last mapping gone.
// mmap(2), open(2) for O_TMPFILE, linkat(2).

import { LINUX, LINUX_ON } from "../../../ffi/numbers/linux.ts";
import { architecture } from "../../../ffi/platform.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { checked, cstring, errno, files, processes, restarted } from "../../../ffi/libc.ts";
import { memory } from "../../../ffi/libc_memory.ts";
import { native } from "../../../ffi/mod.ts";
import { PermissionError, ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { close, OPEN, remove, statusOf, tryOpen, writeAll } from "../../file/posix.ts";
import { fingerprint, quote } from "../../name.ts";
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  type Kind,
  type ObjectHeader,
} from "../header.ts";
import type { MappedObject } from "../system.ts";

const { AT_FDCWD, AT_SYMLINK_FOLLOW, MAP_SHARED, PROT_READ, PROT_WRITE } = LINUX;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const { O_NOFOLLOW, O_TMPFILE } = LINUX_ON[architecture];

/** Where an object is. The user is in the name, so that two users' objects do not meet. */
function pathOf(kind: Kind, name: string): string {
  const hash = fingerprint(`${kind}\0${name}`);
  return `/dev/shm/procref-${processes().geteuid()}-${kind.replace(" ", "-")}-${hash}`;
}

function subject(kind: Kind, name: string): string {
  return `for ${kind} ${quote(name)}`;
}

/** Opens and maps the object; undefined where there is none. */
export function openObject(kind: Kind, name: string): MappedObject | undefined {
  const path = pathOf(kind, name);
  // Nonblocking, for the case that somebody has planted a FIFO.
  const flags = OPEN.readWrite | OPEN.nonblock | O_NOFOLLOW;
  const descriptor = tryOpen(path, flags);
  if (descriptor === -1) {
    if (errno() === ERRNO.ENOENT) return undefined;
    throw refused(errno(), path, kind, name);
  }
  try {
    return map(descriptor, checkedHeader(descriptor, path, kind, name));
  } finally {
    close(descriptor);
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

/**
 * Makes the object as a file without a name and links it when it is complete: nobody sees half of it, a crash
 * leaves nothing, and of several makers one succeeds. Its memory is allocated at once: a write into a tmpfs that
 * is full would be a SIGBUS, this is an ENOSPC.
 */
export function createObject(
  header: ObjectHeader,
  fill: (payload: ArrayBuffer) => void,
): MappedObject | undefined {
  const { kind, name } = header;
  const flags = OPEN.readWrite | O_TMPFILE;
  const descriptor = checked(tryOpen("/dev/shm", flags), "open", subject(kind, name));
  try {
    const size = HEADER_BYTES + header.byteLength;
    const failure = memory().posix_fallocate(descriptor, 0, size);
    if (failure !== 0) throw new SystemError("posix_fallocate", failure, subject(kind, name));
    writeAll(descriptor, encodeHeader(header));
    const object = map(descriptor, header);
    try {
      fill(object.payload);
      if (link(descriptor, pathOf(kind, name), subject(kind, name))) return object;
    } catch (error) {
      object.unmap();
      throw error;
    }
    object.unmap();
    return undefined;
  } finally {
    close(descriptor);
  }
}

function link(descriptor: number, path: string, subject: string): boolean {
  const source = cstring(`/proc/self/fd/${descriptor}`);
  const target = cstring(path);
  const result = memory().linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW);
  if (result === -1 && errno() === ERRNO.EEXIST) return false;
  checked(result, "linkat", subject);
  return true;
}

function map(descriptor: number, header: ObjectHeader): MappedObject {
  const size = HEADER_BYTES + header.byteLength;
  const address = memory().mmap(null, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address === null || native.numberOf(address) === MAP_FAILED) {
    throw new SystemError("mmap", errno(), subject(header.kind, header.name));
  }
  const payload = native.view(address, header.byteLength, HEADER_BYTES);
  return {
    header,
    payload,
    unmap() {
      // Somebody else has detached the buffer, so another one lies over this memory. It must stay mapped:
      // lost addresses are harmless, an access to unmapped ones ends the process.
      if (payload.detached) return;
      payload.transfer(0);
      memory().munmap(address, size);
    },
  };
}

/** Removes the name; false where there was none. */
export function unlinkObject(kind: Kind, name: string): boolean {
  const path = pathOf(kind, name);
  try {
    return remove(path);
  } catch (error) {
    if (!(error instanceof SystemError) || error.errno !== ERRNO.EPERM) throw error;
    throw new PermissionError(`${path} ${subject(kind, name)} belongs to another user`, {
      cause: error,
    });
  }
}

/** The pid namespace (pid_namespaces(7)): `pid:[4026531836]`. */
export function pidNamespace(link: string): bigint {
  const inode = /\[(\d+)\]/.exec(link)?.[1];
  if (inode === undefined) throw new ProcrefError("not_found", "/proc/self/ns/pid is missing");
  return BigInt(inode);
}
