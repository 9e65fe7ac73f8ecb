/**
 * A reference count between processes which the kernel keeps: a holder that crashes is counted off.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi`.
 *
 * @example
 * ```ts
 * import { openCounter } from "@procref/procref/counter";
 *
 * using counter = openCounter("docs-workers");
 * if (counter.acquire() === 1) console.log("the first one here");
 * if (counter.release() === 0) console.log("and the last one out");
 * ```
 *
 * @module
 */

export { type CounterOptions, openCounter } from "./counter.ts";
export * from "../../ffi/errors.ts";
export type { CounterBackend, RefCounter } from "./types.ts";
export type { WaitOptions } from "../wait.ts";
