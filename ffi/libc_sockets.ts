// Sockets on the loopback address: is a port free, does somebody listen.

import { LIBC_FILES, native } from "./mod.ts";
import type { Library, SymbolTable } from "./types.ts";

const SOCKETS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" }, // int socket(int, int, int)
  bind: { args: ["i32", "buffer", "u32"], returns: "i32" }, // int bind(int, const struct sockaddr *, socklen_t)
  connect: { args: ["i32", "buffer", "u32"], returns: "i32" }, // int connect(int, const struct sockaddr *, socklen_t)
  getsockname: { args: ["i32", "buffer", "buffer"], returns: "i32" }, // int getsockname(int, struct sockaddr *, socklen_t *)
} as const satisfies SymbolTable;

let library: Library<typeof SOCKETS> | undefined;

/** socket(2), bind(2), connect(2), getsockname(2). */
export function sockets(): Library<typeof SOCKETS> {
  return library ??= native.open(LIBC_FILES, SOCKETS);
}
