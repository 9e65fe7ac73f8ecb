// What is checked for whom: the tables of `ffi/` and the headers that they are compared with.

import * as libc from "../../ffi/libc.ts";
import * as libcBirth from "../../ffi/libc_birth.ts";
import * as libcChildren from "../../ffi/libc_children.ts";
import * as libcDaemon from "../../ffi/libc_daemon.ts";
import * as libcMemory from "../../ffi/libc_memory.ts";
import * as libcSockets from "../../ffi/libc_sockets.ts";
import * as libcSpawn from "../../ffi/libc_spawn.ts";
import * as libsystem from "../../ffi/libsystem.ts";
import * as darwin from "../../ffi/numbers/darwin.ts";
import * as linux from "../../ffi/numbers/linux.ts";
import * as mach from "../../ffi/numbers/mach.ts";
import type { Constants, Layout } from "../../ffi/numbers/types.ts";
import type { Architecture, Platform } from "../../ffi/platform.ts";
import { EVENTS } from "../../ffi/bell_linux.ts";
import { POLL } from "../../ffi/poller.ts";
import type { Prototype, SymbolTable } from "../../ffi/types.ts";
import * as creation from "../../ffi/windows/creation.ts";
import * as kernel32 from "../../ffi/windows/kernel32.ts";
import * as ntdll from "../../ffi/windows/ntdll.ts";
import { STATUS, WIN32 } from "../../ffi/windows/status.ts";
import * as winsock from "../../ffi/windows/winsock.ts";
import { signalNumbers } from "../../src/process/signals.ts";
import type { Contract } from "./generate.ts";

/** A system to check for. */
export interface Target {
  readonly title: string;
  /** What the compiler calls it. */
  readonly triple: string;
  readonly contract: Contract;
  /** True if the program is also run, here. */
  readonly runs: boolean;
}

const ARCHITECTURES = { "x86-64": "x86_64", "arm64": "aarch64" } as const;

const LINUX_HEADERS = [
  "sys/types.h",
  "dirent.h",
  "dlfcn.h",
  "errno.h",
  "fcntl.h",
  "limits.h",
  "netinet/in.h",
  "poll.h",
  "sched.h",
  "signal.h",
  "spawn.h",
  "stdlib.h",
  "string.h",
  "sys/eventfd.h",
  "sys/file.h",
  "sys/inotify.h",
  "sys/mman.h",
  "sys/resource.h",
  "sys/sem.h",
  "sys/socket.h",
  "sys/stat.h",
  "sys/syscall.h",
  "sys/wait.h",
  "time.h",
  "ucontext.h",
  "unistd.h",
  "linux/futex.h",
  "linux/ioprio.h",
  "linux/pidfd.h",
  "linux/sched.h",
];

const DARWIN_HEADERS = [
  "sys/types.h",
  "dirent.h",
  "errno.h",
  "fcntl.h",
  "libproc.h",
  "mach/mach.h",
  "mach/mach_time.h",
  "mach/notify.h",
  "netinet/in.h",
  "os/clock.h",
  "poll.h",
  "pthread.h",
  "signal.h",
  "spawn.h",
  "stdlib.h",
  "stdio.h",
  "sys/event.h",
  "sys/file.h",
  "sys/ipc.h",
  "sys/mman.h",
  "sys/proc.h",
  "sys/proc_info.h",
  "sys/resource.h",
  "sys/sem.h",
  "sys/socket.h",
  "sys/stat.h",
  "sys/sysctl.h",
  "sys/un.h",
  "sys/wait.h",
  "time.h",
  "unistd.h",
];

// <servers/bootstrap.h> is not among the compiler's headers, and <mach/mach_init.h> hides the function behind a macro.
const DARWIN_DECLARATIONS = [
  "mach_port_t (mach_task_self)(void);",
  "kern_return_t bootstrap_check_in(mach_port_t, const char *, mach_port_t *);",
  "kern_return_t bootstrap_look_up(mach_port_t, const char *, mach_port_t *);",
  // Apple's header is not among them either. Its declarations are repeated here, which shows no more than that libSystem
  // has the functions.
  "#if __has_include(<os/os_sync_wait_on_address.h>)",
  "#include <os/os_sync_wait_on_address.h>",
  "#else",
  "enum : uint32_t { OS_SYNC_WAIT_ON_ADDRESS_SHARED = 1 };",
  "enum : uint32_t { OS_SYNC_WAKE_BY_ADDRESS_SHARED = 1 };",
  "int os_sync_wait_on_address_with_timeout(void *, uint64_t, size_t, uint32_t, os_clockid_t, uint64_t);",
  "int os_sync_wake_by_address_all(void *, size_t, uint32_t);",
  "#endif",
];

// <linux/pidfd.h> includes the kernel's own <fcntl.h>, which repeats what the C library's has: its guard keeps it out.
const LINUX_PREAMBLE = "#define _GNU_SOURCE\n#define _LARGEFILE64_SOURCE\n#define _LINUX_FCNTL_H\n";

// Functions with a parameter narrower than int, of which C's rule about variadic ones can't tell.
const NARROW = [
  "mkdir",
  "mkfifo",
  "fchmod",
  "umask",
  "posix_spawn_file_actions_addopen",
  "posix_spawnattr_setflags",
];

function includes(headers: readonly string[]): string {
  return headers.map((header) => `#include <${header}>`).join("\n");
}

// A HANDLE is a pointer to C and a number to us, and some numbers are as wide as a pointer: C is not to mind.
const WINDOWS_PREAMBLE = `#define WIN32_NO_STATUS
#include <winsock2.h>
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>
#pragma clang diagnostic ignored "-Wint-conversion"
`;

// <winternl.h> declares only these of ntdll's functions; the others are looked for by the linker alone.
const WINTERNL = [
  "NtClose",
  "NtQueryObject",
  "NtWaitForSingleObject",
  "NtQueryInformationThread",
  "NtQueryInformationProcess",
  "NtQuerySystemInformation",
];

/** Everything of a kind that a module exports. */
function exported<Kind>(
  module: Readonly<Record<string, unknown>>,
  is: (value: unknown) => value is Kind,
): Kind[] {
  return Object.values(module).filter(is);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isPrototype(value: unknown): value is Prototype {
  return isObject(value) && Array.isArray(value["args"]) && typeof value["returns"] === "string";
}

/** A single prototype is a system call that is made through `syscall`. */
function tablesOf(module: Readonly<Record<string, unknown>>, single: string): SymbolTable[] {
  const isTable = (value: unknown): value is SymbolTable =>
    isObject(value) && Object.values(value).length > 0 && Object.values(value).every(isPrototype);
  return [
    ...exported(module, isTable),
    ...exported(module, isPrototype).map((one) => ({ [single]: one })),
  ];
}

function isLayout(value: unknown): value is Layout {
  return isObject(value) && typeof value["name"] === "string" && isObject(value["at"]);
}

function only(platform: Platform, tables: readonly SymbolTable[], but: readonly string[] = []) {
  return tables.map((table) =>
    Object.fromEntries(
      Object.entries(table).filter(([name, { only = platform }]) =>
        only === platform && !but.includes(name)
      ),
    )
  );
}

const SHARED: readonly SymbolTable[] = [
  ...tablesOf(libc, "syscall"),
  ...tablesOf(libcBirth, "syscall"),
  ...tablesOf(libcChildren, "syscall"),
  ...tablesOf(libcDaemon, "syscall"),
  ...tablesOf(libcMemory, "syscall"),
  ...tablesOf(libcSpawn, "syscall"),
  ...tablesOf(libcSockets, "syscall"),
  { poll: POLL },
  EVENTS,
];

/** Linux with one of the two C libraries; each has its own name for one system call, and musl has no contexts. */
export function linuxContract(architecture: Architecture, library: "gnu" | "musl"): Contract {
  const contexts = ["getcontext", "makecontext", "setcontext"];
  const missing = library === "gnu" ? ["getdents"] : ["getdents64", ...contexts];
  const constants: Constants[] = [
    linux.LINUX,
    linux.LINUX_ON[architecture],
    linux.LINUX_ERRNO,
    signalNumbers("linux"),
  ];
  return {
    preamble: LINUX_PREAMBLE + includes(LINUX_HEADERS),
    constants,
    layouts: [...exported(linux, isLayout), ...Object.values(linux.LAYOUTS_ON[architecture])],
    tables: only("linux", SHARED, missing),
    symbolPrefix: "",
    variadicUnless: undefined,
    undeclared: [],
    handles: false,
    intelSuffixes: false,
  };
}

/** macOS. */
export function darwinContract(architecture: Architecture): Contract {
  return {
    preamble: [includes(DARWIN_HEADERS), ...DARWIN_DECLARATIONS].join("\n"),
    constants: [darwin.DARWIN, darwin.DARWIN_ERRNO, mach.MACH, signalNumbers("darwin")],
    layouts: [...exported(darwin, isLayout), ...exported(mach, isLayout)],
    tables: only("darwin", [...SHARED, ...tablesOf(libsystem, "")]),
    symbolPrefix: "_",
    variadicUnless: NARROW,
    undeclared: [],
    handles: false,
    intelSuffixes: architecture === "x86-64",
  };
}

function isHere(system: "linux" | "darwin", machine: string): boolean {
  return Deno.build.os === system && Deno.build.arch === machine;
}

/** Windows: status and error codes, and the functions. */
export function windowsContract(): Contract {
  const tables = only(
    "windows",
    [creation, kernel32, ntdll, winsock].flatMap((one) =>
      tablesOf(one, "NtWaitForMultipleObjects")
    ),
    ["wine_get_version"],
  );
  const names = tables.flatMap(Object.keys);
  return {
    preamble: WINDOWS_PREAMBLE,
    constants: [STATUS, WIN32, winsock.SOCKETS],
    layouts: [],
    tables,
    symbolPrefix: "",
    variadicUnless: undefined,
    undeclared: names.filter((name) => /^Nt[A-Z]/.test(name) && !WINTERNL.includes(name)),
    handles: true,
    intelSuffixes: false,
  };
}

/** All of them. */
export const TARGETS: readonly Target[] = (["x86-64", "arm64"] as const).flatMap((architecture) => {
  const machine = ARCHITECTURES[architecture];
  return [
    {
      title: `Linux, glibc, ${architecture}`,
      triple: `${machine}-linux-gnu.2.31`,
      contract: linuxContract(architecture, "gnu"),
      runs: isHere("linux", machine),
    },
    {
      title: `Linux, musl, ${architecture}`,
      triple: `${machine}-linux-musl`,
      contract: linuxContract(architecture, "musl"),
      runs: isHere("linux", machine),
    },
    {
      title: `macOS, ${architecture}`,
      triple: `${machine}-macos`,
      contract: darwinContract(architecture),
      runs: isHere("darwin", machine),
    },
    {
      title: `Windows, ${architecture}`,
      triple: `${machine}-windows-gnu`,
      contract: windowsContract(),
      runs: false,
    },
  ];
});
