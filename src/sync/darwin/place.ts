// Files in this user's own directory, which nobody empties (confstr(3)). One is made under a name of its own and linked
// when it is complete: nobody sees half of it. The boot is in the name, as files outlive it and what is in them does not;
// what an earlier boot has left, and makers that were killed, goes when the next object is made.

import { ERRNO } from "../../../ffi/errno.ts";
import { checked, cstring, errno, processes } from "../../../ffi/libc.ts";
import { memory } from "../../../ffi/libc_memory.ts";
import { DARWIN } from "../../../ffi/numbers/darwin.ts";
import { bootSession, userDirectory } from "../../file/darwin.ts";
import { close, listDirectory, OPEN, open, remove, seek, writeAll } from "../../file/posix.ts";
import { isAlive } from "../../process/alive.ts";
import type { FilePlace } from "../file_store.ts";
import { connect } from "./channel.ts";

const { AT_FDCWD } = DARWIN;
const START = "procref-shared-";
const DRAFT = "draft";

let known: string | undefined;

function prefix(): string {
  return known ??= `${userDirectory()}${START}${bootSession().slice(0, 8)}`;
}

const CHUNK = 1 << 20;

/** Writes zeros, so that the file system has given all the memory: macOS has no posix_fallocate(3). */
function fillWithZeros(descriptor: number, size: number): void {
  const zeros = new Uint8Array(Math.min(size, CHUNK));
  for (let left = size; left > 0; left -= CHUNK) {
    writeAll(descriptor, zeros.subarray(0, Math.min(left, CHUNK)));
  }
  seek(descriptor, 0);
}

let swept = false;

/** Removes what nobody can want any more. */
export function sweep(): void {
  swept = true;
  const directory = userDirectory();
  for (const name of listDirectory(directory)) {
    if (!name.startsWith(START)) continue;
    const [, kind, pid] = name.split(".");
    const stale = !`${directory}${name}`.startsWith(prefix()) ||
      (kind === DRAFT && !isAlive(Number(pid)));
    if (stale) remove(`${directory}${name}`);
  }
}

function link(draft: string, path: string, subject: string): boolean {
  const result = memory().linkat(AT_FDCWD, cstring(draft), AT_FDCWD, cstring(path), 0);
  if (result === -1 && errno() === ERRNO.EEXIST) return false;
  checked(result, "linkat", subject);
  return true;
}

/** macOS. */
export const place: FilePlace = {
  prefix,

  draft(size, subject) {
    // Once in a process is often enough.
    if (!swept) sweep();
    const draft = `${prefix()}.${DRAFT}.${processes().getpid()}.${crypto.randomUUID()}`;
    const descriptor = open(draft, OPEN.readWrite | OPEN.create | OPEN.exclusive);
    const discard = () => void remove(draft);
    try {
      fillWithZeros(descriptor, size);
    } catch (error) {
      close(descriptor);
      discard();
      throw error;
    }
    return { descriptor, publish: (path) => link(draft, path, subject), discard };
  },

  keep(payload, descriptor) {
    connect(payload, descriptor);
    return () => close(descriptor);
  },
};
