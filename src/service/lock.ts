import type { ServiceLock } from "../counter/lease.ts";
import { placeOf } from "../counter/sysv/place.ts";
import { SysvServiceLock } from "../counter/sysv/service_lock.ts";
import type { CounterBackend } from "../counter/types.ts";
import { UnsupportedError } from "../../ffi/errors.ts";
import { runtime } from "../runtime/mod.ts";

/**
 * The kernel's lock and count for a service of this name in this directory.
 *
 * @throws {UnsupportedError} This system has no such backend.
 */
export function lockOf(
  name: string,
  directory: string,
  backend: CounterBackend = "sysv",
): ServiceLock {
  if (runtime.platform === "windows" || backend !== "sysv") {
    throw new UnsupportedError(`Sharing a service by ${backend}`, runtime.platform);
  }
  return new SysvServiceLock(placeOf("service", name, directory));
}
