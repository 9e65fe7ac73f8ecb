// What procref rests on, system by system, and what shows that it works. The tables of the README are made from this
// (`deno task platforms`), and `hostReport()` says what of it this host has.

import type { Platform } from "../ffi/platform.ts";

/** What a system has or lacks. */
export const FEATURES = [
  "process identities",
  "signals and waits",
  "reference count and start-up lock",
  "guardian",
  "records of services",
  "children",
  "process trees",
  "daemons and pid files",
  "shared memory and locks",
] as const;

/** One of them. */
export type Feature = typeof FEATURES[number];

/** By which means; what is missing is an `UnsupportedError` there. */
export const MECHANISMS: Readonly<Record<Platform, { readonly [Name in Feature]?: string }>> = {
  linux: {
    "process identities": "start times in /proc (proc(5))",
    "signals and waits": "pidfd (pidfd_open(2))",
    "reference count and start-up lock": "System V semaphores with SEM_UNDO (semop(2))",
    "guardian": "sh, blocked in read on a pipe",
    "records of services": "files, renamed into place",
    "children": "pidfd, and waitid(2) without reaping",
    "process trees": "cgroup v2, else process groups",
    "daemons and pid files": "setsid(2), flock(2)",
    "shared memory and locks": "files in /dev/shm, futexes (futex_waitv(2))",
  },
  darwin: {
    "process identities": "start times by sysctl(3)",
    "signals and waits": "kqueue(2) with NOTE_EXIT, and kill(2)",
    "reference count and start-up lock":
      "System V semaphores with SEM_UNDO (semop(2)); or Mach send rights, counted by a keeper",
    "guardian": "sh, blocked in read on a FIFO",
    "records of services": "files, renamed into place",
    "children": "kqueue(2) with NOTE_EXIT, and sysctl(3) without reaping",
    "process trees": "process groups",
    "daemons and pid files": "setsid(2) by posix_spawn(2), flock(2)",
    "shared memory and locks": "mapped files, kqueue(2) on each, os_sync_wait_on_address",
  },
  windows: {
    "process identities": "creation times (GetProcessTimes)",
    "signals and waits": "process handles; a named event asks who listens",
    "reference count and start-up lock": "handles of named semaphores (NtQueryObject)",
    "guardian":
      "a named job object that every client holds; a keeper for what lingers or is to be asked",
    "records of services": "files, renamed into place",
    "children": "process handles, named pipes",
    "process trees": "job objects, joined before the first instruction",
    "daemons and pid files": "CreateProcessW outside of jobs, a handle that shares no writing",
    "shared memory and locks": "sections, an event for each waking, thread handles",
  },
};

/** How far something was seen to work. */
export type Evidence =
  | "ran on real hardware"
  | "ran under Wine"
  | "ran under an emulator"
  | "checked against headers and a simulated kernel"
  | "checked against headers";

/** One kind of host. */
export interface Host {
  readonly name: string;
  readonly platform: Platform;
  /** What shows that the features work; those that are not named here have the first. */
  readonly evidence: Evidence;
  readonly except?: { readonly [Name in Feature]?: Evidence };
}

/** The kinds of hosts that procref is written for. */
export const HOSTS: readonly Host[] = [
  { name: "Linux, x86-64, glibc", platform: "linux", evidence: "ran on real hardware" },
  { name: "Linux, x86-64, musl", platform: "linux", evidence: "ran on real hardware" },
  {
    name: "Linux, 64-bit Arm",
    platform: "linux",
    evidence: "checked against headers",
    except: {
      "process identities": "ran under an emulator",
      "signals and waits": "ran under an emulator",
      "reference count and start-up lock": "ran under an emulator",
      "children": "ran under an emulator",
    },
  },
  {
    name: "macOS, x86-64 and arm64",
    platform: "darwin",
    evidence: "checked against headers and a simulated kernel",
  },
  { name: "Windows, x86-64", platform: "windows", evidence: "ran under Wine" },
];
