import { containmentHere } from "./system.ts";
import type { HostContainment } from "./types.ts";

/**
 * What this host can do to contain a process tree: the mechanism that `ProcessGroup.create()` would take, the limits
 * that it would enforce, and why not more. Nothing is started; an empty cgroup is made and removed, to be sure.
 *
 * @example
 * ```ts
 * import { hostContainment } from "@procref/procref/group";
 *
 * const { mechanism, limits, reason } = hostContainment();
 * console.log(mechanism, limits.memory, reason);
 * ```
 */
export function hostContainment(): HostContainment {
  return containmentHere();
}
