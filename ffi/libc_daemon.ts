// The C library's functions for pid files and daemons.

import { lazily } from "./libc.ts";
import type { Library, SymbolTable } from "./types.ts";

/** A group of the C library's functions. */
export const DAEMON = {
  ftruncate: { args: ["i32", "i64"], returns: "i32" }, // int ftruncate(int, off_t)
  memfd_create: { args: ["buffer", "u32"], returns: "i32", only: "linux" }, // int memfd_create(const char *, unsigned)
  dup2: { args: ["i32", "i32"], returns: "i32" }, // int dup2(int, int)
  chdir: { args: ["buffer"], returns: "i32" }, // int chdir(const char *)
  umask: { args: ["u32"], returns: "u16" }, // mode_t umask(mode_t)
  sendto: { args: ["i32", "buffer", "u32", "i32", "buffer", "u32"], returns: "i32" }, // ssize_t sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t)
  clock_gettime: { args: ["i32", "buffer"], returns: "i32" }, // int clock_gettime(clockid_t, struct timespec *)
} as const satisfies SymbolTable;

/** ftruncate(2), memfd_create(2), dup2(2), chdir(2), umask(2), sendto(2), clock_gettime(2). */
export const daemons: () => Library<typeof DAEMON> = lazily(DAEMON);
