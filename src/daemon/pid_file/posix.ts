// flock(2) belongs to the open file description: whoever inherits the descriptor shares it, and the kernel frees it
// when the last of them is gone, whichever way. The lock is taken before anything is written, and it counts only if
// the file that was locked is still the one at the path: its last holder may just have removed it.

import { ERRNO } from "../../../ffi/errno.ts";
import { POSIX } from "../../../ffi/numbers/mod.ts";
import { cstring, errno, files, restarted } from "../../../ffi/libc.ts";
import { trees } from "../../../ffi/libc_children.ts";
import { close, remove, statusAt, statusOf } from "../../file/posix.ts";
import { pause } from "../pause.ts";
import { formatPidFile, type Recorded } from "./content.ts";
import { openPidFile, pidFileFailure, readPidText, writePidText } from "./file.ts";
import { holderOf } from "./holder.ts";
import type { Attempt, Claim, PidFileSystem, Sight } from "./system.ts";

const { LOCK_EX, LOCK_NB, LOCK_SH } = POSIX;

/** A descriptor with the lock. */
class LockedFile implements Claim {
  readonly path: string;
  readonly file: number;

  constructor(path: string, file: number) {
    this.path = path;
    this.file = file;
  }

  write(text: string): void {
    writePidText(this.file, text);
  }

  name(holder: Recorded): void {
    this.write(formatPidFile(holder));
  }

  discard(): void {
    if (isAt(this.file, this.path)) remove(this.path);
    this.close();
  }

  close(): void {
    close(this.file);
  }
}

function locks(descriptor: number, kind: number): boolean {
  return restarted(() => files().flock(descriptor, kind | LOCK_NB)) !== -1;
}

/** True if an open file is the one at a path. */
function isAt(descriptor: number, path: string): boolean {
  return statusAt(path)?.inode === statusOf(descriptor).inode;
}

function attempt(path: string): Attempt {
  for (;;) {
    const descriptor = openPidFile(path, "write");
    pause("daemon:opened");
    if (!locks(descriptor, LOCK_EX)) {
      const number = errno();
      try {
        if (number !== ERRNO.EAGAIN) throw pidFileFailure("flock", number, path, true);
        return { holder: holderOf(descriptor, path) };
      } finally {
        close(descriptor);
      }
    }
    if (isAt(descriptor, path)) return { claim: new LockedFile(path, descriptor) };
    close(descriptor);
  }
}

/** Does something with a file that is open for reading. */
function reading<T>(path: string, body: (descriptor: number) => T): T {
  const descriptor = openPidFile(path, "read");
  try {
    return body(descriptor);
  } finally {
    close(descriptor);
  }
}

function look(path: string): Sight {
  return reading(path, (descriptor) => {
    // The lock is asked for, for an instant, and shared.
    const locked = !locks(descriptor, LOCK_SH);
    const holder = locked ? holderOf(descriptor, path) : undefined;
    return { text: readPidText(descriptor), locked, holder };
  });
}

/** Linux and macOS. */
export const posix: PidFileSystem = {
  attempt,

  attemptExisting(path) {
    const descriptor = openPidFile(path, "read");
    if (locks(descriptor, LOCK_EX)) {
      return { claim: new LockedFile(path, descriptor), text: readPidText(descriptor) };
    }
    close(descriptor);
    return undefined;
  },

  inherited: (path, file) => new LockedFile(path, file),
  read: (path) => reading(path, readPidText),
  look,

  remove(path) {
    if (files().unlink(cstring(path)) === -1) throw pidFileFailure("unlink", errno(), path, false);
  },

  block: (milliseconds) => void trees().usleep(milliseconds * 1000),
};
