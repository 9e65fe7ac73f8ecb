// The C library's functions for children and trees.

import { lazily } from "./libc.ts";
import type { Library, SymbolTable } from "./types.ts";

/** A group of the C library's functions. */
export const CHILDREN = {
  waitid: { args: ["i32", "u32", "buffer", "i32"], returns: "i32" }, // int waitid(idtype_t, id_t, siginfo_t *, int options)
  getpgid: { args: ["i32"], returns: "i32" }, // pid_t getpgid(pid_t)
  setpriority: { args: ["i32", "u32", "i32"], returns: "i32" }, // int setpriority(int which, id_t, int)
  prlimit: { args: ["i32", "i32", "buffer", "buffer"], returns: "i32", only: "linux" }, // int prlimit(pid_t, int resource, const struct rlimit *, struct rlimit *)
  sched_setaffinity: { args: ["i32", "u32", "buffer"], returns: "i32", only: "linux" }, // int sched_setaffinity(pid_t, size_t, const cpu_set_t *)
  syscall: { args: ["i32", "i32", "i32", "i32"], returns: "i32", only: "linux", variadic: 1 }, // long syscall(long, ...), for ioprio_set(2)
  sysconf: { args: ["i32"], returns: "i32" }, // long sysconf(int name)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const TREES = {
  usleep: { args: ["u32"], returns: "i32" }, // int usleep(useconds_t)
  rmdir: { args: ["buffer"], returns: "i32" }, // int rmdir(const char *)
} as const satisfies SymbolTable;

/** What is done with one child: waitid(2), setpriority(2), prlimit(2), sched_setaffinity(2). */
export const children: () => Library<typeof CHILDREN> = lazily(CHILDREN);
/** What is done with a tree's directory: rmdir(2), usleep(3). */
export const trees: () => Library<typeof TREES> = lazily(TREES);
