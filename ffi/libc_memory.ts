// Shared memory and futexes of the C library.
// Sizes are u32 and offsets i32: no object of ours reaches 2 GiB.

import { lazily } from "./libc.ts";
import { LIBC_FILES, native } from "./mod.ts";
import type { BoundElsewhere, Library, SymbolTable } from "./types.ts";

/** Shared memory. */
export const MEMORY = {
  mmap: { args: ["address", "u32", "i32", "i32", "i32", "i32"], returns: "address" }, // void *mmap(void *, size_t, int prot, int flags, int fd, off_t)
  munmap: { args: ["address", "u32"], returns: "i32" }, // int munmap(void *, size_t)
  posix_fallocate: { args: ["i32", "i32", "i32"], returns: "i32", only: "linux" }, // int posix_fallocate(int, off_t offset, off_t length)
  linkat: { args: ["i32", "buffer", "i32", "buffer", "i32"], returns: "i32" }, // int linkat(int, const char *, int, const char *, int flags)
} as const satisfies SymbolTable;

// syscall(2) has one signature per system call: what is a timeout to one is a number to the other.
/** `syscall` for futex(2), the operations that wait. */
export const FUTEX_WAIT = {
  syscall: {
    args: ["i32", "buffer", "i32", "i32", "buffer"],
    returns: "i32",
    hot: true,
    variadic: 1,
    only: "linux",
  }, // futex(uint32_t *, FUTEX_WAIT, uint32_t expected, const struct timespec *)
} as const satisfies SymbolTable;

/** `syscall` for futex(2), the operations that wake. */
export const FUTEX_WAKE = {
  syscall: {
    args: ["i32", "buffer", "i32", "i32", "u32", "buffer", "i32"],
    returns: "i32",
    hot: true,
    variadic: 1,
    only: "linux",
  }, // futex(uint32_t *, FUTEX_WAKE_OP, uint32_t, uint32_t, uint32_t *, uint32_t)
} as const satisfies SymbolTable;

/** What lets other threads go first. */
export const SCHEDULING = {
  sched_yield: { args: [], returns: "i32" }, // int sched_yield(void)
} as const satisfies SymbolTable;

/** `syscall` for futex_waitv(2). */
export const FUTEX_WAITV = {
  args: ["i32", "buffer", "u32", "u32", "buffer", "i32"], // futex_waitv(struct futex_waitv *, unsigned, unsigned flags, struct timespec *, clockid_t)
  returns: "i32",
  variadic: 1,
  only: "linux",
} as const;

let waitv: BoundElsewhere<typeof FUTEX_WAITV> | undefined;

/** mmap(2), munmap(2), posix_fallocate(3), linkat(2). */
export const memory: () => Library<typeof MEMORY> = lazily(MEMORY);
/** futex(2), the operations that wait: `syscall` with four arguments. */
export const futexWaiting: () => Library<typeof FUTEX_WAIT> = lazily(FUTEX_WAIT);
/** futex(2), the operations that wake: `syscall` with six arguments. */
export const futexWaking: () => Library<typeof FUTEX_WAKE> = lazily(FUTEX_WAKE);
/** sched_yield(2). */
export const scheduling: () => Library<typeof SCHEDULING> = lazily(SCHEDULING);
/** futex_waitv(2) on this thread: only to learn the errno of a call that returns at once. */
export const futexWaitvHere: () => Library<{ syscall: typeof FUTEX_WAITV }> = lazily({
  syscall: FUTEX_WAITV,
});

/** futex_waitv(2) on another thread; errno is lost there. */
export function futexWaitvElsewhere(): BoundElsewhere<typeof FUTEX_WAITV> {
  return waitv ??= native.openElsewhere(LIBC_FILES, "syscall", FUTEX_WAITV);
}
