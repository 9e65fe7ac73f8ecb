// The C library (glibc, musl, libSystem), in groups that are bound at the first call that needs one.
// Sizes are u32 and results of type ssize_t i32: no call of ours moves 2 GiB, and both stay on the fast path.
// Files may be larger: offsets are i64.

import { ERRNO } from "./errno.ts";
import { SystemError, UnsupportedError } from "./errors.ts";
import { lazily as lazilyFrom } from "./lazily.ts";
import { LIBC_FILES, native } from "./mod.ts";
import { type Call, type LastError, noting } from "./noting.ts";
import { architecture, platform } from "./platform.ts";
import type { Address, BoundElsewhere, Library, Prototype, SymbolTable } from "./types.ts";

let location: Int32Array | undefined;
const last: LastError = { value: 0 };

/** Where errno is: in glibc and musl. */
export const ERRNO_LOCATION = {
  __errno_location: { args: [], returns: "address", only: "linux" }, // int *__errno_location(void)
} as const satisfies SymbolTable;

/** Where errno is: in libSystem. */
export const ERRNO_LOCATION_DARWIN = {
  __error: { args: [], returns: "address", only: "darwin" }, // int *__error(void)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const IPC = {
  semget: { args: ["i32", "i32", "i32"], returns: "i32", hot: true }, // int semget(key_t, int nsems, int flags)
  semop: { args: ["i32", "buffer", "u32"], returns: "i32", hot: true }, // int semop(int, struct sembuf *, size_t)
  semtimedop: {
    args: ["i32", "buffer", "u32", "buffer"],
    returns: "i32",
    hot: true,
    only: "linux",
  }, // int semtimedop(int, struct sembuf *, size_t, const struct timespec *)
  semctl: { args: ["i32", "i32", "i32", "buffer"], returns: "i32", hot: true, variadic: 3 }, // int semctl(int, int, int, union semun)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const PROCESS = {
  getpid: { args: [], returns: "i32" }, // pid_t getpid(void)
  geteuid: { args: [], returns: "u32", hot: true }, // uid_t geteuid(void)
  kill: { args: ["i32", "i32"], returns: "i32" }, // int kill(pid_t, int)
  sigaction: { args: ["i32", "buffer", "buffer"], returns: "i32" }, // int sigaction(int, const struct sigaction *, struct sigaction *)
  waitpid: { args: ["i32", "buffer", "i32"], returns: "i32" }, // pid_t waitpid(pid_t, int *, int)
  poll: { args: ["buffer", "u32", "i32"], returns: "i32" }, // int poll(struct pollfd *, nfds_t, int)
  syscall: {
    args: ["i32", "i32", "i32", "buffer", "i32"],
    returns: "i32",
    variadic: 1,
    only: "linux",
  }, // long syscall(long, ...)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const FILES = {
  open: { args: ["buffer", "i32", "u32"], returns: "i32", variadic: 2 }, // int open(const char *, int, mode_t)
  close: { args: ["i32"], returns: "i32" }, // int close(int)
  read: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t read(int, void *, size_t)
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32", variadic: 2 }, // int fcntl(int, int, ...)
  pread: { args: ["i32", "buffer", "u32", "i64"], returns: "i32" }, // ssize_t pread(int, void *, size_t, off_t)
  write: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t write(int, const void *, size_t)
  lseek: { args: ["i32", "i64", "i32"], returns: "i64" }, // off_t lseek(int, off_t, int)
  rename: { args: ["buffer", "buffer"], returns: "i32" }, // int rename(const char *, const char *)
  unlink: { args: ["buffer"], returns: "i32" }, // int unlink(const char *)
  mkdir: { args: ["buffer", "u32"], returns: "i32" }, // int mkdir(const char *, mode_t)
  mkfifo: { args: ["buffer", "u32"], returns: "i32" }, // int mkfifo(const char *, mode_t)
  readlink: { args: ["buffer", "buffer", "u32"], returns: "i32" }, // ssize_t readlink(const char *, char *, size_t)
  realpath: { args: ["buffer", "buffer"], returns: "address" }, // char *realpath(const char *, char *)
  access: { args: ["buffer", "i32"], returns: "i32" }, // int access(const char *, int)
  flock: { args: ["i32", "i32"], returns: "i32" }, // int flock(int, int)
  pipe2: { args: ["buffer", "i32"], returns: "i32", only: "linux" }, // int pipe2(int [2], int)
  getdents64: { args: ["i32", "buffer", "u32"], returns: "i32", only: "linux", optional: true }, // ssize_t getdents64(int, void *, size_t)
  getdents: { args: ["i32", "buffer", "u32"], returns: "i32", only: "linux", optional: true }, // musl's name for the same
} as const satisfies SymbolTable;

/** statx(2) by syscall(2): musl has had a function for it since 1.2.4 only. */
export const STATUS = {
  syscall: {
    args: ["i32", "i32", "buffer", "i32", "u32", "buffer"],
    returns: "i32",
    variadic: 1,
    only: "linux",
  }, // statx(int, const char *, int flags, unsigned mask, struct statx *)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const ENVIRONMENT = {
  getenv: { args: ["buffer"], returns: "address" }, // char *getenv(const char *)
  setenv: { args: ["buffer", "buffer", "i32"], returns: "i32" }, // int setenv(const char *, const char *, int)
  unsetenv: { args: ["buffer"], returns: "i32" }, // int unsetenv(const char *)
} as const satisfies SymbolTable;

/** Binds each function of a table at its first use. */
export function lazily<Table extends SymbolTable>(table: Table): () => Library<Table> {
  return lazilyFrom(table, (name, prototype) => {
    location ??= bindErrno();
    return noting(bind(name, prototype), prototype.args.length, location, last);
  });
}

/** Undefined or null: an optional function that is not there. */
function bind(name: string, prototype: Prototype): Call | undefined | null {
  const { variadic, only = platform, intelSuffix = "" } = prototype;
  if (only !== platform) throw new UnsupportedError(name, platform);
  const symbol = platform === "darwin" && architecture === "x86-64" ? name + intelSuffix : name;
  const stacked = variadic !== undefined && platform === "darwin" && architecture === "arm64";
  return stacked ? bindStacked(name, prototype) : openOne(symbol, prototype);
}

function openOne(symbol: string, prototype: Prototype): Call {
  return native.open(LIBC_FILES, { [symbol]: prototype })[symbol] as Call;
}

const REGISTERS = 8; // for parameters, on 64-bit Arm

/**
 * Binds a variadic function where what stands for the `...` is passed on the stack (macOS on Arm): there it is once
 * more, behind as many parameters as go into registers. Elsewhere that does no harm.
 */
export function bindStacked(name: string, prototype: Prototype): Call {
  const { args, variadic = args.length } = prototype;
  const filler = Array<"i32">(REGISTERS - args.length).fill("i32");
  const longer = { ...prototype, args: [...args, ...filler, ...args.slice(variadic)] };
  const call = openOne(name, longer);
  const zeros = filler.map(() => 0);
  return (...values: unknown[]) => call(...values, ...zeros, ...values.slice(variadic));
}

/** System V semaphores: semget(2), semop(2), semctl(2). */
export const ipc: () => Library<typeof IPC> = lazily(IPC);
/** Processes and signals: kill(2), waitpid(2), pidfd_open(2) by syscall(2). */
export const processes: () => Library<typeof PROCESS> = lazily(PROCESS);
/** Files: open(2), read(2), rename(2) and their neighbours. */
export const files: () => Library<typeof FILES> = lazily(FILES);
/** statx(2), as `syscall`. */
export const statuses: () => Library<typeof STATUS> = lazily(STATUS);
/** getenv(3), setenv(3): what this process has inherited, and its children will. */
export const environment: () => Library<typeof ENVIRONMENT> = lazily(ENVIRONMENT);

let timed: BoundElsewhere<typeof IPC.semtimedop> | undefined;

/** `semtimedop` on another thread. Its errno is lost there: ask again with IPC_NOWAIT. */
export function semtimedopElsewhere(): BoundElsewhere<typeof IPC.semtimedop> {
  return timed ??= native.openElsewhere(LIBC_FILES, "semtimedop", IPC.semtimedop);
}

/** What errno was after the last call that was made here. It means something if that call has failed. */
export function errno(): number {
  return last.value;
}

function bindErrno(): Int32Array {
  const address = platform === "darwin"
    ? native.open(LIBC_FILES, ERRNO_LOCATION_DARWIN).__error()
    : native.open(LIBC_FILES, ERRNO_LOCATION).__errno_location();
  if (address === null) throw new UnsupportedError("errno", "this C library");
  return new Int32Array(native.view(address, 4));
}

/**
 * Passes a result on, or throws the error behind a -1.
 *
 * @param result What the call returned.
 * @param syscall The call's name.
 * @param subject What it was for, as the end of a sentence: `for service "db"`.
 */
export function checked(result: number, syscall: string, subject?: string): number {
  if (result === -1) throw new SystemError(syscall, errno(), subject);
  return result;
}

/** Calls again for as long as a signal interrupts the call. */
export function restarted(call: () => number): number {
  for (;;) {
    const result = call();
    if (result !== -1 || errno() !== ERRNO.EINTR) return result;
  }
}

/** The C string at an address, which is shorter than 64 KiB. */
export function stringAt(address: Address): string {
  const bytes = new Uint8Array(native.view(address, LONGEST));
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}

const LONGEST = 1 << 16;
const encoder = new TextEncoder();

/** A C string. A NUL inside would cut it short: callers refuse such text before it gets here. */
export function cstring(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}
