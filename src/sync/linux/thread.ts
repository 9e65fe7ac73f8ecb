// Threads by number. A pidfd with PIDFD_THREAD (Linux 6.9) turns readable when that one thread ends, a Worker's
// included; before 6.9 the process's own pidfd stands in. Start times are in /proc/TID/stat, which is there for
// every thread, listed or not (pidfd_open(2), proc(5)).

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { errno, processes } from "../../../ffi/libc.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { readLink, readText } from "../../file/posix.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { readStat } from "../../process/linux.ts";
import { HeldByPidfd } from "../../process/pidfd.ts";
import { identify } from "../../process/alive.ts";
import type { HeldThread, ThreadTag } from "../system.ts";

const { PIDFD_NONBLOCK, PIDFD_THREAD, SYS_pidfd_open } = LINUX;

// No thread number needs more (PID_MAX_LIMIT, 2^22); 8 bits of its start time tell it from a later one.
const NUMBER_BITS = 22;
const NUMBER_MASK = (1 << NUMBER_BITS) - 1;

function tagOf(thread: number, start: number): number {
  return thread | (start & 0xff) << NUMBER_BITS;
}

/** The start time of a living thread, in clock ticks since boot, cut to 31 bits (248 days). */
function startOf(thread: number): number | undefined {
  const stat = readStat(thread);
  if (stat === undefined || stat.state === "Z" || stat.state === "X") return undefined;
  return Number(BigInt.asUintN(31, BigInt(stat.startTime)));
}

let mine: Required<ThreadTag> | undefined;

/** The thread that runs this isolate. JavaScript never moves to another one in either runtime. */
export function self(): Required<ThreadTag> {
  return mine ??= findSelf();
}

function findSelf(): Required<ThreadTag> {
  const thread = Number(readLink("/proc/thread-self")?.split("/")[2]);
  const start = startOf(thread);
  if (start === undefined) throw new SystemError("readlink", ERRNO.ENOENT, "/proc/thread-self");
  return { tag: tagOf(thread, start), start };
}

/** Takes hold of the thread; undefined when it has ended. @throws {SystemError} */
export function holdThread({ tag, start }: ThreadTag): HeldThread | undefined {
  const thread = tag & NUMBER_MASK;
  const descriptor = openThread(thread);
  if (descriptor === undefined) return undefined;
  const held = new HeldByPidfd(thread, descriptor);
  // Compared while it is held, so that the number cannot change hands in between.
  const actual = startOf(thread);
  const same = actual !== undefined && tagOf(thread, actual) === tag &&
    (start === undefined || start === actual);
  if (same && !held.ended()) return held;
  held.close();
  return undefined;
}

function openThread(thread: number): number | undefined {
  const flags = PIDFD_NONBLOCK | PIDFD_THREAD;
  let descriptor = processes().syscall(SYS_pidfd_open, thread, flags, null, 0);
  if (descriptor === -1 && errno() === ERRNO.EINVAL) {
    const process = processNumber(thread);
    if (process === undefined) return undefined;
    descriptor = processes().syscall(SYS_pidfd_open, process, PIDFD_NONBLOCK, null, 0);
  }
  if (descriptor !== -1) return descriptor;
  if (errno() === ERRNO.ESRCH) return undefined;
  throw new SystemError("pidfd_open", errno(), `for thread ${thread}`);
}

function processNumber(thread: number): number | undefined {
  const number = /^Tgid:\s*(\d+)$/m.exec(readText(`/proc/${thread}/status`) ?? "")?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The process that the thread belongs to; undefined when the thread has ended. */
export function processOf({ tag, start }: ThreadTag): ProcessIdentity | undefined {
  const thread = tag & NUMBER_MASK;
  const actual = startOf(thread);
  if (actual === undefined || tagOf(thread, actual) !== tag) return undefined;
  if (start !== undefined && start !== actual) return undefined;
  const process = processNumber(thread);
  return process === undefined ? undefined : identify(process);
}
