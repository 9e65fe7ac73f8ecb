/**
 * Children as the runtimes start them: the same functions on both sides.
 *
 * @module
 */

import { runtimeName } from "../../../ffi/platform.ts";
import { bun } from "./bun.ts";
import { deno } from "./deno.ts";
import type { RuntimeChildren } from "./types.ts";

/** The children of the runtime that this is. */
export const runtimeChildren: RuntimeChildren = runtimeName === "bun" ? bun : deno;

export type { ChildOrder, Ending, RuntimeChild, StreamMode } from "./types.ts";
