// Who holds a guardian's pipe open for writing: the clients, as the kernel sees them (proc(5): fd, fdinfo).

import { platform } from "../../ffi/platform.ts";
import { listDirectory, readLink, readText } from "../file/posix.ts";
import { identify } from "../process/alive.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { GuardianAddress } from "../guardian/pipe.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../file/darwin.ts") : undefined;

const WRITE_ONLY = /^flags:\s*0*[0-7]*1$/m;

/** The processes that hold the write end of a guardian's pipe; those of other users can't be seen. */
export function holdersOf({ pid, inode, fifo }: GuardianAddress): ProcessIdentity[] {
  if (darwin !== undefined) {
    const holders = fifo === undefined ? [] : darwin.holdersOfPath(fifo);
    return identified(holders.filter((holder) => holder !== pid));
  }
  const target = `pipe:[${inode}]`;
  return identified(
    listDirectory("/proc").filter((entry) => /^\d+$/.test(entry) && holds(entry, target))
      .map(Number),
  );
}

function identified(pids: readonly number[]): ProcessIdentity[] {
  return pids.map(identify).filter((identity) => identity !== undefined);
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
