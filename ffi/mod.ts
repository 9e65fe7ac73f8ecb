/**
 * The only folder that touches pointers, and the only one that names `Deno.dlopen` or `bun:ffi`.
 *
 * @module
 */

import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import type { Native } from "./types.ts";

/** The FFI of the runtime that this is. Nothing is opened before the first call. */
export const native: Native = "Bun" in globalThis ? bun : deno;

export type { Address, Library, Native, SymbolTable, Waiting } from "./types.ts";
