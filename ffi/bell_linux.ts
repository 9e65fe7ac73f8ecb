// eventfd(2): a counter that is readable while it is not 0.

import { LINUX } from "./numbers/linux.ts";
import { checked, lazily } from "./libc.ts";
import type { Bell } from "./poller.ts";
import type { SymbolTable } from "./types.ts";

/** eventfd(2), and what is done with one. */
export const EVENTS = {
  eventfd: { args: ["u32", "i32"], returns: "i32", only: "linux" }, // int eventfd(unsigned, int flags)
  read: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t read(int, void *, size_t)
  write: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t write(int, const void *, size_t)
} as const satisfies SymbolTable;

const events = lazily(EVENTS);

/** Opens a bell, which stays for the life of its thread. @throws {SystemError} No descriptor is left. */
export function openBell(): Bell {
  const { eventfd, read, write } = events();
  const descriptor = checked(eventfd(0, LINUX.EFD_CLOEXEC | LINUX.EFD_NONBLOCK), "eventfd");
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
