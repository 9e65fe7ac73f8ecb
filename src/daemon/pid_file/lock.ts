import { runtime } from "../../runtime/mod.ts";
import { identify } from "../../process/alive.ts";
import { sleep } from "../../wait.ts";
import { LockedError } from "../errors.ts";
import { absolutePath } from "../path.ts";
import { parsePidFile } from "./content.ts";
import { isRecordedAlive } from "./holder.ts";
import { type Claim, pidFiles } from "./system.ts";

/** A pid file that this process holds, for life unless it lets go. */
export interface PidFileLock extends Disposable {
  /** The pid file, absolute. */
  readonly path: string;
  /** The pid in it: this process's. */
  readonly pid: number;
  /** Removes the file and frees the lock. Calling it again does nothing. */
  release(): void;
}

// A holder that has not written its pid is about to: a launcher has the lock, or somebody asks whether there is one.
const PATIENCE = 250; // ms, blocking: only within the instants of another one's start
const LONG_PATIENCE = 10_000; // ms, not blocking: a launcher on a busy machine
const STEP = 1;

/**
 * Locks a pid file, which still holds what it held.
 *
 * @throws {LockedError} It is locked.
 */
export function claimNow(path: string): Claim {
  for (let waited = 0;; waited += STEP) {
    const result = pidFiles.attempt(path);
    if ("claim" in result) return result.claim;
    if (result.holder !== undefined || waited >= PATIENCE) {
      throw new LockedError(path, result.holder);
    }
    pidFiles.block(STEP);
  }
}

/** The same, without blocking this process, and with more patience for one that is just being started. */
export async function claim(path: string): Promise<Claim> {
  for (let waited = 0;; waited += STEP) {
    const result = pidFiles.attempt(path);
    if ("claim" in result) return result.claim;
    if (result.holder !== undefined || waited >= LONG_PATIENCE) {
      throw new LockedError(path, result.holder);
    }
    await sleep(STEP);
  }
}

/** Removes a pid file that is empty or names a dead process; false where somebody has its lock. */
export function discardStale(path: string): boolean {
  const found = pidFiles.attemptExisting(path);
  if (found === undefined) return false;
  if (isStale(found.text)) found.claim.discard();
  else found.claim.close();
  return true;
}

/** What is neither empty nor a pid is somebody else's file. */
function isStale(text: string): boolean {
  const recorded = parsePidFile(text);
  return recorded === undefined ? text.trim() === "" : !isRecordedAlive(recorded);
}

class Lock implements PidFileLock {
  readonly path: string;
  readonly pid: number;
  #claim: Claim | undefined;

  constructor(claim: Claim) {
    this.path = claim.path;
    this.pid = runtime.pid;
    this.#claim = claim;
  }

  release(): void {
    this.#claim?.discard();
    this.#claim = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** A lock that this process got by inheritance. */
export function inherited(path: string, file: number): PidFileLock {
  return new Lock(pidFiles.inherited(path, file));
}

/** Names this process in a file that it has claimed. */
export function named(claim: Claim): PidFileLock {
  const pid = runtime.pid;
  try {
    claim.name(identify(pid) ?? { pid, startTime: undefined });
  } catch (error) {
    claim.discard();
    throw error;
  }
  return new Lock(claim);
}

/**
 * Locks a pid file for this process and writes its pid and start time into it. The lock is held until `release()`,
 * or until this process ends, whichever way: the kernel frees it (flock(2)). Children do not inherit it. On Windows the
 * lock is a handle that shares no writing, so that nobody can change, rename or remove the file meanwhile.
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
  return named(claimNow(absolutePath(path, "A pid file")));
}
