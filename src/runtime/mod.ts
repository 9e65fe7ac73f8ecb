/**
 * What differs between Deno and Bun besides FFI: the same functions on both sides, and the only place under
 * `src/` that names either.
 *
 * @module
 */

import { runtimeName } from "../../ffi/platform.ts";
import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import type { Runtime } from "./types.ts";

/** The runtime that this is. */
export const runtime: Runtime = runtimeName === "bun" ? bun : deno;
