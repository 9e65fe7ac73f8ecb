// eventfd(2): a counter that is readable while it is not 0.

import { LINUX } from "./numbers/linux.ts";
import { LIBC_FILES, native } from "./mod.ts";
import type { Bell } from "./poller.ts";
import type { SymbolTable } from "./types.ts";

/** eventfd(2), and what is done with one. */
export const EVENTS = {
  eventfd: { args: ["u32", "i32"], returns: "i32", only: "linux" }, // int eventfd(unsigned, int flags)
  read: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t read(int, void *, size_t)
  write: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t write(int, const void *, size_t)
} as const satisfies SymbolTable;

/** Opens a bell, which stays for the life of its thread. */
export function openBell(): Bell {
  const { eventfd, read, write } = native.open(LIBC_FILES, EVENTS);
  const descriptor = eventfd(0, LINUX.EFD_CLOEXEC | LINUX.EFD_NONBLOCK);
  const counter = new BigUint64Array(1);
  return {
    descriptor,
    ring() {
      counter[0] = 1n;
      write(descriptor, counter, 8);
    },
    silence: () => void read(descriptor, counter, 8),
  };
}
