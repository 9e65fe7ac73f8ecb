import { UnsupportedError } from "../ffi/errors.ts";
import { runtime } from "./runtime/mod.ts";

/** @throws {UnsupportedError} This is another system. */
export function assertLinux(operation: string): void {
  if (runtime.platform !== "linux") throw new UnsupportedError(operation, runtime.platform);
}
