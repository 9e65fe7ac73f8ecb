// inotify(7): being told of changes to a file.

import { LIBC_FILES, native } from "./mod.ts";
import type { Library, SymbolTable } from "./types.ts";

const WATCH = {
  inotify_init1: { args: ["i32"], returns: "i32" }, // int inotify_init1(int)
  inotify_add_watch: { args: ["i32", "buffer", "u32"], returns: "i32" }, // int inotify_add_watch(int, const char *, uint32_t)
} as const satisfies SymbolTable;

let library: Library<typeof WATCH> | undefined;

/** inotify(7). */
export function watching(): Library<typeof WATCH> {
  return library ??= native.open(LIBC_FILES, WATCH);
}
