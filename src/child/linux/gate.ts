// The gate: a launcher that has stopped itself by SIGSTOP. What its parent sets now (setpriority(2), ioprio_set(2),
// sched_setaffinity(2), prlimit(2), the cgroup) is inherited by the program that it becomes.

import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError, UnsupportedError } from "../../../ffi/errors.ts";
import { checked, errno } from "../../../ffi/libc.ts";
import { children } from "../../../ffi/libc_children.ts";
import { close, OPEN, open, writeAll } from "../../file/posix.ts";
import { HeldByPidfd } from "../../process/linux.ts";
import { type Attributes, ioClass, type Rlimit, rlimitEntries } from "../attributes.ts";
import type { Preparation } from "../system.ts";

const P_PID = 1;
const WSTOPPED = 2;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const SIGINFO_WORDS = 32;
const CLD_STOPPED = 5;
const SIGCONT = 18;

const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_CLASS_SHIFT = 13;
const DEFAULT_LEVEL = 4;
// The one call here that the C library does not wrap; its number differs (asm/unistd.h).
const IOPRIO_SET = { x86_64: 251, aarch64: 30 } as const;
// struct utsname: six texts of 65 bytes, of which `machine` is the fifth (uname(2)).
const UTSNAME_BYTES = 6 * 65;
const MACHINE = 4 * 65;

/** Waits at the gate, prepares, lets through. It blocks for as long as a shell takes to start. */
export function admit(pid: number, descriptor: number, preparation: Preparation): void {
  const info = new Int32Array(SIGINFO_WORDS);
  for (;;) {
    // By pid, which nobody reaps in this turn: by a nonblocking pidfd it would not wait (EAGAIN).
    const result = children().waitid(P_PID, pid, info, WSTOPPED | WEXITED | WNOWAIT);
    if (result === 0) break;
    if (errno() !== ERRNO.EINTR) throw new SystemError("waitid", errno(), `for pid ${pid}`);
  }
  // It was killed on its way here: its status tells.
  if (info[2] !== CLD_STOPPED) return;
  if (preparation.cgroup !== undefined) join(preparation.cgroup.directory, pid);
  apply(preparation.attributes, pid);
  new HeldByPidfd(pid, descriptor).signal(SIGCONT);
}

function join(directory: string, pid: number): void {
  const procs = open(`${directory}/cgroup.procs`, OPEN.writeOnly);
  try {
    writeAll(procs, new TextEncoder().encode(String(pid)));
  } finally {
    close(procs);
  }
}

function apply({ priority, ioPriority, affinity, rlimits }: Attributes, pid: number): void {
  const subject = `for pid ${pid}`;
  // Limits last: a limit of 0 on a resource must not hinder the others.
  if (priority !== undefined) {
    checked(children().setpriority(PRIO_PROCESS, pid, priority), "setpriority", subject);
  }
  if (ioPriority !== undefined) {
    const level = ioPriority.class === "idle" ? 0 : ioPriority.level ?? DEFAULT_LEVEL;
    const value = (ioClass(ioPriority) << IOPRIO_CLASS_SHIFT) | level;
    const result = children().syscall(ioprioSet(), IOPRIO_WHO_PROCESS, pid, value);
    checked(result, "ioprio_set", subject);
  }
  if (affinity !== undefined) {
    const set = new Uint32Array(32);
    for (const cpu of affinity) set[cpu >> 5] = (set[cpu >> 5] ?? 0) | (1 << (cpu & 31));
    checked(children().sched_setaffinity(pid, set.byteLength, set), "sched_setaffinity", subject);
  }
  for (const { name, number, limit } of rlimitEntries(rlimits ?? {})) {
    setLimit(pid, number, limit, `${subject}: ${name}`);
  }
}

function ioprioSet(): number {
  const names = new Uint8Array(UTSNAME_BYTES);
  checked(children().uname(names), "uname");
  const machine = new TextDecoder().decode(names.subarray(MACHINE, names.indexOf(0, MACHINE)));
  if (machine === "x86_64" || machine === "aarch64") return IOPRIO_SET[machine];
  throw new UnsupportedError("ioPriority", machine);
}

const NO_LIMIT = 2n ** 64n - 1n;

function setLimit(pid: number, resource: number, limit: Rlimit, subject: string): void {
  const pair = new BigUint64Array(2); // struct rlimit { rlim_t cur; rlim_t max; }
  checked(children().prlimit(pid, resource, null, pair), "prlimit", subject);
  if (typeof limit === "number") pair.fill(rlimitValue(limit));
  else {
    pair[0] = rlimitValue(limit.soft);
    if (limit.hard !== undefined) pair[1] = rlimitValue(limit.hard);
  }
  checked(children().prlimit(pid, resource, pair, null), "prlimit", subject);
}

function rlimitValue(limit: number): bigint {
  return limit === Infinity ? NO_LIMIT : BigInt(limit);
}
