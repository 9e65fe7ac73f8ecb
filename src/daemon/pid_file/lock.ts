// flock(2) belongs to the open file description: whoever inherits the descriptor shares it, and the kernel frees it
// when the last of them is gone, whichever way. The lock is taken before anything is written, and it counts only if
// the file that was locked is still the one at the path: its last holder may just have removed it.

import { ERRNO } from "../../../ffi/errno.ts";
import { POSIX } from "../../../ffi/numbers/mod.ts";
import { errno, files, processes, restarted } from "../../../ffi/libc.ts";
import { trees } from "../../../ffi/libc_children.ts";
import { close, remove, statusAt, statusOf } from "../../file/posix.ts";
import { identify } from "../../process/process.ts";
import { sleep } from "../../wait.ts";
import { LockedError } from "../errors.ts";
import { absolutePath } from "../path.ts";
import { pause } from "../pause.ts";
import { formatPidFile, parsePidFile } from "./content.ts";
import { openPidFile, pidFileFailure, readPidText, writePidText } from "./file.ts";
import { holderOf, isRecordedAlive } from "./holder.ts";

const { LOCK_EX, LOCK_NB, LOCK_SH } = POSIX;

/** A pid file that this process holds, for life unless it lets go. */
export interface PidFileLock extends Disposable {
  /** The pid file, absolute. */
  readonly path: string;
  /** The pid in it: this process's. */
  readonly pid: number;
  /** Removes the file and frees the lock. Calling it again does nothing. */
  release(): void;
}

/** What came of one try to lock: the descriptor, or who is in the way, as far as that can be told. */
type Attempt = { readonly descriptor: number } | { readonly holder: number | undefined };

function attempt(path: string): Attempt {
  for (;;) {
    const descriptor = openPidFile(path, "write");
    pause("daemon:opened");
    if (restarted(() => files().flock(descriptor, LOCK_EX | LOCK_NB)) === -1) {
      const number = errno();
      try {
        if (number !== ERRNO.EAGAIN) throw pidFileFailure("flock", number, path, true);
        return { holder: holderOf(descriptor, path) };
      } finally {
        close(descriptor);
      }
    }
    if (isAt(descriptor, path)) return { descriptor };
    close(descriptor);
  }
}

/** True if an open file is the one at a path. */
export function isAt(descriptor: number, path: string): boolean {
  return statusAt(path)?.inode === statusOf(descriptor).inode;
}

// A holder that has not written its pid is about to: a launcher has the lock, or somebody asks whether there is one.
const PATIENCE = 250; // ms, blocking: only within the instants of another one's start
const LONG_PATIENCE = 10_000; // ms, not blocking: a launcher on a busy machine
const STEP = 1;

/**
 * Locks a pid file. @returns The locked descriptor; the file still holds what it held.
 *
 * @throws {LockedError} It is locked.
 */
export function claimNow(path: string): number {
  for (let waited = 0;; waited += STEP) {
    const result = attempt(path);
    if ("descriptor" in result) return result.descriptor;
    if (result.holder !== undefined || waited >= PATIENCE) {
      throw new LockedError(path, result.holder);
    }
    trees().usleep(STEP * 1000);
  }
}

/** The same, without blocking this process, and with more patience for one that is just being started. */
export async function claim(path: string): Promise<number> {
  for (let waited = 0;; waited += STEP) {
    const result = attempt(path);
    if ("descriptor" in result) return result.descriptor;
    if (result.holder !== undefined || waited >= LONG_PATIENCE) {
      throw new LockedError(path, result.holder);
    }
    await sleep(STEP);
  }
}

/** True if somebody else has the lock of an open pid file. It is asked for, for an instant, and shared. */
export function isLocked(descriptor: number): boolean {
  return restarted(() => files().flock(descriptor, LOCK_SH | LOCK_NB)) === -1;
}

/** Removes a pid file, if it is still the one that we have locked, and frees it. */
export function discard(descriptor: number, path: string): void {
  if (isAt(descriptor, path)) remove(path);
  close(descriptor);
}

/** Removes a pid file that is empty or names a dead process; false where somebody has its lock. */
export function discardStale(path: string): boolean {
  const descriptor = openPidFile(path, "read");
  const locked = restarted(() => files().flock(descriptor, LOCK_EX | LOCK_NB)) === -1;
  if (!locked && isStale(readPidText(descriptor))) discard(descriptor, path);
  else close(descriptor);
  return !locked;
}

/** What is neither empty nor a pid is somebody else's file. */
function isStale(text: string): boolean {
  const recorded = parsePidFile(text);
  return recorded === undefined ? text.trim() === "" : !isRecordedAlive(recorded);
}

class Lock implements PidFileLock {
  readonly path: string;
  readonly pid: number;
  #descriptor: number;

  constructor(path: string, pid: number, descriptor: number) {
    this.path = path;
    this.pid = pid;
    this.#descriptor = descriptor;
  }

  release(): void {
    if (this.#descriptor === -1) return;
    discard(this.#descriptor, this.path);
    this.#descriptor = -1;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** A lock that this process got by inheritance. */
export function inherited(path: string, descriptor: number): PidFileLock {
  return new Lock(path, processes().getpid(), descriptor);
}

/**
 * Locks a pid file for this process and writes its pid and start time into it. The lock is held until `release()`,
 * or until this process ends, whichever way: the kernel frees it (flock(2)). Children do not inherit it.
 *
 * A file that a dead daemon left behind, or one that names a process which has nothing to do with it, is no
 * hindrance; only the lock counts. A symbolic link in its place is refused.
 *
 * @param path The pid file; made, with mode 644, if it is missing.
 * @returns The lock; leaving its scope releases it.
 * @throws {LockedError} Another process holds it: `pid` tells which.
 * @throws {ProcrefError} `"not_found"`: its directory is missing; `"permission_denied"`; `"not_a_file"`: a link, a
 * directory or something else is in its place.
 * @throws {TypeError} It is no path.
 *
 * @example
 * ```ts
 * import { lockPidFile } from "@procref/procref/daemon";
 *
 * using lock = lockPidFile(`/tmp/docs-${Deno.pid}.pid`);
 * console.log(lock.pid === Deno.pid); // true
 * ```
 */
export function lockPidFile(path: string | URL): PidFileLock {
  const file = absolutePath(path, "A pid file");
  const descriptor = claimNow(file);
  const pid = processes().getpid();
  try {
    writePidText(descriptor, formatPidFile(identify(pid) ?? { pid }));
  } catch (error) {
    discard(descriptor, file);
    throw error;
  }
  return new Lock(file, pid, descriptor);
}
