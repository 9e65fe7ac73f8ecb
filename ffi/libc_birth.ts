// The C library's functions for a child that makes a few C calls of ours before it becomes its program.

import { ERRNO_LOCATION, lazily } from "./libc.ts";
import type { Library, SymbolTable } from "./types.ts";

/** A group of the C library's functions. musl has no contexts; before glibc 2.34, dlsym is in another file. */
export const BIRTH = {
  ...ERRNO_LOCATION,
  dlsym: { args: ["address", "buffer"], returns: "address", optional: true, only: "linux" }, // void *dlsym(void *, const char *)
  getcontext: { args: ["buffer"], returns: "i32", optional: true, only: "linux" }, // int getcontext(ucontext_t *)
  makecontext: {
    args: ["buffer", "address", "i32"],
    returns: "void",
    variadic: 3,
    optional: true,
    only: "linux",
  }, // void makecontext(ucontext_t *, void (*)(void), int argc, ...)
  syscall: { args: ["i32", "buffer", "u32"], returns: "i32", variadic: 1, only: "linux" }, // long syscall(long, ...), for clone3(2)
  pthread_sigmask: { args: ["i32", "buffer", "buffer"], returns: "i32", only: "linux" }, // int pthread_sigmask(int, const sigset_t *, sigset_t *)
} as const satisfies SymbolTable;

/** Those that the child calls: each takes at most three parameters, pointers among them as numbers. */
export const CHILDS_CALLS = {
  setcontext: { args: ["buffer"], returns: "i32", only: "linux" }, // int setcontext(const ucontext_t *)
  memset: { args: ["buffer", "i32", "u64"], returns: "address", only: "linux" }, // void *memset(void *, int, size_t)
  memcpy: { args: ["buffer", "buffer", "u64"], returns: "address", only: "linux" }, // void *memcpy(void *, const void *, size_t)
  strcpy: { args: ["buffer", "buffer"], returns: "address", only: "linux" }, // char *strcpy(char *, const char *)
  strcat: { args: ["buffer", "buffer"], returns: "address", only: "linux" }, // char *strcat(char *, const char *)
  close: { args: ["i32"], returns: "i32", only: "linux" }, // int close(int)
  open: { args: ["buffer", "i32"], returns: "i32", variadic: 2, only: "linux" }, // int open(const char *, int, ...)
  dup2: { args: ["i32", "i32"], returns: "i32", only: "linux" }, // int dup2(int, int)
  setsid: { args: [], returns: "i32", only: "linux" }, // pid_t setsid(void)
  chdir: { args: ["buffer"], returns: "i32", only: "linux" }, // int chdir(const char *)
  sigaction: { args: ["i32", "buffer", "buffer"], returns: "i32", only: "linux" }, // int sigaction(int, const struct sigaction *, struct sigaction *)
  execve: { args: ["buffer", "buffer", "buffer"], returns: "i32", only: "linux" }, // int execve(const char *, char *const [], char *const [])
  _exit: { args: ["i32"], returns: "void", only: "linux" }, // void _exit(int)
} as const satisfies SymbolTable;

/** getcontext(3), makecontext(3), clone3(2). */
export const birth: () => Library<typeof BIRTH> = lazily(BIRTH);
