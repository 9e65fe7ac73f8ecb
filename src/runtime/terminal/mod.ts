/**
 * What a command line program needs of its runtime: the same functions on both sides.
 *
 * @module
 */

import { runtimeName } from "../../../ffi/platform.ts";
import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import type { Terminal } from "./types.ts";

/** The terminal of the runtime that this is. */
export const terminal: Terminal = runtimeName === "bun" ? bun : deno;
