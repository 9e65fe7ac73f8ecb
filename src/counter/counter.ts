import { UnsupportedError } from "../../ffi/errors.ts";
import { checkName } from "../name.ts";
import { runtime } from "../runtime/mod.ts";
import { BACKENDS, DEFAULT_BACKEND } from "./backends.ts";
import type { CounterBackend, RefCounter } from "./types.ts";

/** How a counter is opened. */
export interface CounterOptions {
  /** The kernel object that counts. Default: `"sysv"`, on Windows `"handle"`. macOS also has `"mach"`. */
  readonly backend?: CounterBackend;
}

/**
 * Opens a reference count that all processes of this user share by its name. Opening takes nothing and creates
 * nothing; the kernel object comes with the first reference or lock, and goes with the last.
 *
 * @param name 1 to 255 bytes of UTF-8 without NUL.
 * @param options The backend, where a system has several.
 * @returns The counter. It holds nothing yet.
 * @throws {TypeError} The name is no text, or holds NUL.
 * @throws {RangeError} The name is empty or too long.
 * @throws {UnsupportedError} This system has no such backend.
 *
 * @example
 * ```ts
 * import { openCounter } from "@procref/procref/counter";
 *
 * using counter = openCounter("docs-counter");
 * console.log(counter.acquire()); // 1
 * console.log(counter.release()); // 0
 * ```
 */
export function openCounter(name: string, options: CounterOptions = {}): RefCounter {
  checkName(name, "counter");
  const { backend = DEFAULT_BACKEND } = options;
  if (!["sysv", "mach", "handle"].includes(backend)) {
    throw new TypeError(`No such counter backend: ${backend}`);
  }
  const open = BACKENDS[backend];
  if (open === undefined) throw new UnsupportedError(`Counting by ${backend}`, runtime.platform);
  return open(name);
}
