// What not every system can do is refused by name, at once.

import { UnsupportedError } from "../ffi/errors.ts";
import { runtime } from "./runtime/mod.ts";

/** @throws {UnsupportedError} This is Windows. */
export function assertPosix(operation: string): void {
  if (runtime.platform === "windows") throw new UnsupportedError(operation, runtime.platform);
}
