// Files in /dev/shm, a tmpfs (shm_overview(7)). One is made without a name and linked when it is complete: nobody sees
// half of it, and a crash leaves nothing (open(2), O_TMPFILE; linkat(2)).

import { ERRNO } from "../../../ffi/errno.ts";
import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { checked, cstring, errno } from "../../../ffi/libc.ts";
import { memory } from "../../../ffi/libc_memory.ts";
import { LINUX, LINUX_ON } from "../../../ffi/numbers/linux.ts";
import { architecture } from "../../../ffi/platform.ts";
import { close, OPEN, readLink, tryOpen } from "../../file/posix.ts";
import { type FilePlace, fileStore } from "../file_store.ts";
import type { SyncSystem } from "../system.ts";
import { addAndWake, block, setAndWake, wake, word } from "./futex.ts";
import { sleep } from "./sleepers.ts";
import { holdThread, processOf, self } from "./thread.ts";

const { AT_FDCWD, AT_SYMLINK_FOLLOW } = LINUX;
const { O_TMPFILE } = LINUX_ON[architecture];

const place: FilePlace = {
  prefix: () => "/dev/shm/procref",

  draft(size, subject) {
    const flags = OPEN.readWrite | O_TMPFILE;
    const descriptor = checked(tryOpen("/dev/shm", flags), "open", subject);
    const failure = memory().posix_fallocate(descriptor, 0, size);
    if (failure !== 0) {
      close(descriptor);
      throw new SystemError("posix_fallocate", failure, subject);
    }
    return { descriptor, publish: (path) => link(descriptor, path, subject), discard() {} };
  },

  keep(_payload, descriptor) {
    close(descriptor);
    return () => {};
  },
};

function link(descriptor: number, path: string, subject: string): boolean {
  const source = cstring(`/proc/self/fd/${descriptor}`);
  const target = cstring(path);
  const result = memory().linkat(AT_FDCWD, source, AT_FDCWD, target, AT_SYMLINK_FOLLOW);
  if (result === -1 && errno() === ERRNO.EEXIST) return false;
  checked(result, "linkat", subject);
  return true;
}

/** The pid namespace (pid_namespaces(7)): `pid:[4026531836]`. */
function pidNamespace(link: string): bigint {
  const inode = /\[(\d+)\]/.exec(link)?.[1];
  if (inode === undefined) throw new ProcrefError("not_found", "/proc/self/ns/pid is missing");
  return BigInt(inode);
}

/** Linux, from 5.16 on. */
export const linux: SyncSystem = {
  ...fileStore(place),
  scope: () => pidNamespace(readLink("/proc/self/ns/pid") ?? ""),
  self,
  hold: holdThread,
  processOf,
  word,
  sleep,
  block,
  wake,
  setAndWake,
  addAndWake,
};
