// The gate: a launcher that has stopped itself by SIGSTOP. What its parent sets now (setpriority(2), ioprio_set(2),
// sched_setaffinity(2), prlimit(2), the cgroup) is inherited by the program that it becomes.

import { CPU_SET, LINUX, LINUX_ON, RLIMIT } from "../../../ffi/numbers/linux.ts";
import { architecture } from "../../../ffi/platform.ts";
import { checked } from "../../../ffi/libc.ts";
import { children } from "../../../ffi/libc_children.ts";
import { close, OPEN, open, writeAll } from "../../file/posix.ts";
import { HeldByPidfd } from "../../process/pidfd.ts";
import { type Attributes, ioClass, type Rlimit, rlimitEntries } from "../attributes.ts";
import { reachesGate } from "../launcher.ts";
import type { Preparation } from "../system.ts";

const { IOPRIO_CLASS_SHIFT, IOPRIO_WHO_PROCESS, PRIO_PROCESS, SIGCONT } = LINUX;
const DEFAULT_LEVEL = 4;
// The one call here that the C library does not wrap.
const { SYS_ioprio_set } = LINUX_ON[architecture];

/** Waits at the gate, prepares, lets through, if at once. */
export function admit(pid: number, descriptor: number, preparation: Preparation): void {
  if (!reachesGate(pid)) return;
  if (preparation.cgroup !== undefined) join(preparation.cgroup.directory, pid);
  apply(preparation.attributes, pid);
  if (preparation.suspended !== true) new HeldByPidfd(pid, descriptor).signal(SIGCONT);
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
    const result = children().syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, value);
    checked(result, "ioprio_set", subject);
  }
  if (affinity !== undefined) {
    const set = new Uint32Array(CPU_SET.size / 4);
    for (const cpu of affinity) set[cpu >> 5] = (set[cpu >> 5] ?? 0) | (1 << (cpu & 31));
    checked(children().sched_setaffinity(pid, set.byteLength, set), "sched_setaffinity", subject);
  }
  for (const { name, number, limit } of rlimitEntries(rlimits ?? {})) {
    setLimit(pid, number, limit, `${subject}: ${name}`);
  }
}

const NO_LIMIT = 2n ** 64n - 1n;

function setLimit(pid: number, resource: number, limit: Rlimit, subject: string): void {
  const pair = new BigUint64Array(RLIMIT.size / 8); // soft, then hard
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
