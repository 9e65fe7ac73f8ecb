/**
 * The only folder that touches pointers, and the only one that names `Deno.dlopen` or `bun:ffi`.
 *
 * @module
 */

import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import { platform, runtimeName } from "./platform.ts";
import type { Native } from "./types.ts";

/** The FFI of the runtime that this is. Nothing is opened before the first call. */
export const native: Native = runtimeName === "bun" ? bun : deno;

/**
 * The C library's file names: libSystem on macOS; elsewhere glibc, then musl on the architectures that the runtimes are
 * built for.
 */
export const LIBC_FILES: readonly string[] = platform === "darwin"
  ? ["/usr/lib/libSystem.B.dylib"]
  : ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

export type { Address, Library, Native, SymbolTable, Waiting } from "./types.ts";
