// The C library's functions for starting a program, and for being told of changes to a file.

import { lazily } from "./libc.ts";
import type { Library, SymbolTable } from "./types.ts";

/** A group of the C library's functions. */
export const SPAWN = {
  posix_spawnp: {
    args: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    returns: "i32",
  }, // int posix_spawnp(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const [], char *const [])
  posix_spawn_file_actions_init: { args: ["buffer"], returns: "i32" }, // int (posix_spawn_file_actions_t *)
  posix_spawn_file_actions_destroy: { args: ["buffer"], returns: "i32" }, // int (posix_spawn_file_actions_t *)
  posix_spawn_file_actions_adddup2: { args: ["buffer", "i32", "i32"], returns: "i32" }, // int (posix_spawn_file_actions_t *, int, int)
  posix_spawn_file_actions_addopen: {
    args: ["buffer", "i32", "buffer", "i32", "u32"],
    returns: "i32",
  }, // int (posix_spawn_file_actions_t *, int, const char *, int, mode_t)
  posix_spawn_file_actions_addclose: { args: ["buffer", "i32"], returns: "i32" }, // int (posix_spawn_file_actions_t *, int)
  posix_spawn_file_actions_addchdir_np: { args: ["buffer", "buffer"], returns: "i32" }, // int (posix_spawn_file_actions_t *, const char *)
  posix_spawnattr_init: { args: ["buffer"], returns: "i32" }, // int (posix_spawnattr_t *)
  posix_spawnattr_destroy: { args: ["buffer"], returns: "i32" }, // int (posix_spawnattr_t *)
  posix_spawnattr_setflags: { args: ["buffer", "i32"], returns: "i32" }, // int (posix_spawnattr_t *, short)
  posix_spawnattr_setsigmask: { args: ["buffer", "buffer"], returns: "i32" }, // int (posix_spawnattr_t *, const sigset_t *)
  posix_spawnattr_setsigdefault: { args: ["buffer", "buffer"], returns: "i32" }, // int (posix_spawnattr_t *, const sigset_t *)
} as const satisfies SymbolTable;

/** A group of the C library's functions. */
export const WATCH = {
  inotify_init1: { args: ["i32"], returns: "i32", only: "linux" }, // int inotify_init1(int)
  inotify_add_watch: { args: ["i32", "buffer", "u32"], returns: "i32", only: "linux" }, // int inotify_add_watch(int, const char *, uint32_t)
} as const satisfies SymbolTable;

/** posix_spawn(3). */
export const spawning: () => Library<typeof SPAWN> = lazily(SPAWN);
/** inotify(7): being told of changes to a file. */
export const watching: () => Library<typeof WATCH> = lazily(WATCH);
