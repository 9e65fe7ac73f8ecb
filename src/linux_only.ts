import { UnsupportedError } from "../../ffi/errors.ts";
import { runtime } from "../runtime/mod.ts";

/** @throws {UnsupportedError} There are no shared services on this system. */
export function assertServices(operation: string): void {
  if (runtime.platform === "windows") throw new UnsupportedError(operation, runtime.platform);
}
