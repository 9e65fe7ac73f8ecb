// The C library's functions for sockets.

import { lazily } from "./libc.ts";
import type { Library, SymbolTable } from "./types.ts";

/** A group of the C library's functions. */
export const SOCKETS = {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" }, // int socket(int, int, int)
  bind: { args: ["i32", "buffer", "u32"], returns: "i32" }, // int bind(int, const struct sockaddr *, socklen_t)
  connect: { args: ["i32", "buffer", "u32"], returns: "i32" }, // int connect(int, const struct sockaddr *, socklen_t)
  getsockname: { args: ["i32", "buffer", "buffer"], returns: "i32" }, // int getsockname(int, struct sockaddr *, socklen_t *)
} as const satisfies SymbolTable;

/** socket(2), bind(2), connect(2), getsockname(2). */
export const sockets: () => Library<typeof SOCKETS> = lazily(SOCKETS);
