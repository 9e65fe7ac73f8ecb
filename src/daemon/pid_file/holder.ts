// Who holds the lock of a pid file: the kernel shows each lock under the descriptors that share it, in
// /proc/PID/fdinfo (proc(5)), so what the file says can be checked. macOS tells only who has the file open
// (proc_listpidspath), which is as good as long as somebody else's lock is in the way.

import { SystemError } from "../../../ffi/errors.ts";
import { platform } from "../../../ffi/platform.ts";
import { listDirectory, readText, statusOf } from "../../file/posix.ts";
import { LARGEST_PID } from "../../process/identity.ts";
import { isAlive } from "../../process/alive.ts";
import { parsePidFile, type Recorded } from "./content.ts";
import { readPidText } from "./file.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../../file/darwin.ts") : undefined;

/** True if the process that a pid file names is there. One with a start time can't be mistaken for a later one. */
export function isRecordedAlive({ pid, startTime }: Recorded): boolean {
  if (pid === 0 || pid > LARGEST_PID) return false;
  return startTime === undefined ? isAlive(pid) : isAlive({ pid, startTime });
}

/**
 * The pid of the daemon that holds the lock of an open pid file, if the file names it. Undefined while it is just
 * being started: the file still says what it said before, or nothing.
 */
export function holderOf(descriptor: number, path: string): number | undefined {
  const recorded = parsePidFile(readPidText(descriptor));
  if (recorded === undefined || !isRecordedAlive(recorded)) return undefined;
  const { pid } = recorded;
  const held = darwin?.holdersOfPath(path).includes(pid) ?? holds(pid, statusOf(descriptor).inode);
  return held ? pid : undefined;
}

/** True if a process has the lock of a file, or if its descriptors can't be looked at. */
function holds(pid: number, inode: bigint): boolean {
  const directory = `/proc/${pid}/fdinfo`;
  const lock = new RegExp(`^lock:.*FLOCK.*:${inode} `, "m");
  try {
    const descriptors = listDirectory(directory);
    return descriptors.some((number) => lock.test(readText(`${directory}/${number}`) ?? ""));
  } catch (error) {
    // EACCES: it is another user's.
    if (error instanceof SystemError) return true;
    throw error;
  }
}
