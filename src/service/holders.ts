// Who holds a guardian's pipe open for writing: the clients, as the kernel sees them (proc(5): fd, fdinfo).

import { listDirectory, readLink, readText } from "../file/posix.ts";
import { identify } from "../process/process.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { GuardianAddress } from "../guardian/pipe.ts";

const WRITE_ONLY = /^flags:\s*0*[0-7]*1$/m;

/** The processes that hold the write end of a guardian's pipe; those of other users can't be seen. */
export function holdersOf({ inode }: GuardianAddress): ProcessIdentity[] {
  const target = `pipe:[${inode}]`;
  return listDirectory("/proc")
    .filter((entry) => /^\d+$/.test(entry) && holds(entry, target))
    .map((entry) => identify(Number(entry)))
    .filter((identity) => identity !== undefined);
}

function holds(entry: string, target: string): boolean {
  return descriptors(entry).some((descriptor) =>
    readLink(`/proc/${entry}/fd/${descriptor}`) === target &&
    WRITE_ONLY.test(readText(`/proc/${entry}/fdinfo/${descriptor}`) ?? "")
  );
}

function descriptors(entry: string): string[] {
  try {
    return listDirectory(`/proc/${entry}/fd`);
  } catch {
    // Another user's process.
    return [];
  }
}
