// Everything that a start launches carries the start's one-time token in its environment. When the starter dies
// half-way, what it launched is found by it, in /proc/PID/environ (proc(5)).

import { POSIX } from "../../ffi/numbers/mod.ts";
import { ERRNO } from "../../ffi/errno.ts";
import { errno, files, processes } from "../../ffi/libc.ts";
import { SystemError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import { close, listDirectory, OPEN, open, openOwn, readText } from "../file/posix.ts";
import { parseStat, readStat } from "../process/linux.ts";
import { identify, isAlive } from "../process/alive.ts";
import { LARGEST_PID, type ProcessIdentity } from "../process/identity.ts";
import { sleep } from "../wait.ts";
import { TOKEN_VARIABLE } from "./turn.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin"
  ? { ...await import("./darwin/carriers.ts"), ...await import("../process/darwin.ts") }
  : undefined;

const { LOCK_EX, LOCK_NB } = POSIX;
const RETRY = 1; // ms: the time between fork and exec is shorter than that

/** The living processes whose environment carries the token, this one excepted. */
export function carriersOf(token: string): ProcessIdentity[] {
  const mark = `${TOKEN_VARIABLE}=${token}`;
  if (darwin !== undefined) return darwin.carriersOf(mark);
  const self = processes().getpid();
  return listDirectory("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== self && carries(pid, mark))
    .map(identify)
    .filter((identity) => identity !== undefined);
}

function carries(pid: number, mark: string): boolean {
  for (;;) {
    const environment = readText(`/proc/${pid}/environ`);
    if (environment !== "" || !isInExec(pid)) {
      return environment?.split("\0").includes(mark) ?? false;
    }
  }
}

/**
 * True for the microseconds in which execve(2) has taken the new program's memory, let go of the parent and closed
 * what closes on exec, but not yet placed the environment: it reads empty then. (proc(5): fields 23 and 51 of stat.)
 */
function isInExec(pid: number): boolean {
  const stat = readStat(pid);
  if (stat === undefined || "ZX".includes(stat.state)) return false;
  return stat.memory !== 0 && stat.environmentEnd === "0";
}

/**
 * The token file, locked by the starter for as long as it launches. A child shares the lock from fork to exec, so
 * whoever gets the lock after the starter's death knows that no half-born child is about to appear. It stays until it
 * is recorded what came of the start: by the launcher's note in it a start is undone.
 */
export class TokenFile implements Disposable {
  readonly #path: string;
  readonly #lock: number;
  /** For a launcher, which writes its own /proc/PID/stat into it; whoever inherits it does not share the lock. */
  readonly descriptor: number;

  private constructor(path: string, lock: number) {
    this.#path = path;
    this.#lock = lock;
    this.descriptor = open(path, OPEN.writeOnly | OPEN.append);
  }

  /** Opens and locks the file; waits while a dead starter's child is half-born. @throws {SystemError} The signal's reason. */
  static async lock(path: string, signal?: AbortSignal): Promise<TokenFile> {
    const descriptor = openOwn(path, OPEN.readWrite | OPEN.append);
    try {
      while (files().flock(descriptor, LOCK_EX | LOCK_NB) === -1) {
        if (errno() !== ERRNO.EAGAIN) throw new SystemError("flock", errno(), `for ${path}`);
        await sleep(RETRY, signal);
      }
      return new TokenFile(path, descriptor);
    } catch (error) {
      close(descriptor);
      throw error;
    }
  }

  /** The program that a launcher became, if it still lives: its note is a /proc/PID/stat, on macOS what ps(1) tells. */
  launched(): ProcessIdentity | undefined {
    const note = readText(this.#path) ?? "";
    if (darwin !== undefined) return noted(note, darwin.writtenStart);
    const { pid, startTime } = parseStat(note);
    if (!isPid(pid)) return undefined;
    return isAlive({ pid, startTime }) ? { pid, startTime } : undefined;
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    close(this.descriptor);
    close(this.#lock);
  }
}

function isPid(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0 && pid <= LARGEST_PID;
}

/** The process of a note with a pid and when it started, in words. */
function noted(note: string, written: (startTime: string) => string): ProcessIdentity | undefined {
  const [pid = "", ...start] = note.trim().split(/\s+/);
  const identity = isPid(Number(pid)) ? identify(Number(pid)) : undefined;
  if (identity === undefined) return undefined;
  return written(identity.startTime) === start.join("_") ? identity : undefined;
}
