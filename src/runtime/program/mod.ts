/**
 * The program as a whole: how it was started, where it is, its signals and its end. The same functions on both sides.
 *
 * @module
 */

import { runtimeName } from "../../../ffi/platform.ts";
import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import type { RuntimeProgram } from "./types.ts";

/** The program in the runtime that this is. */
export const program: RuntimeProgram = runtimeName === "bun" ? bun : deno;

export type { Origin } from "./types.ts";
