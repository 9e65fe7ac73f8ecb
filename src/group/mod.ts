/**
 * Process trees that never outlive their owner, whatever their members do and however the owner dies.
 *
 * Importing this touches nothing; in Deno the calls need `--allow-ffi` and `--allow-run` of the programs.
 *
 * @example
 * ```ts
 * import { ProcessGroup } from "@procref/procref/group";
 *
 * await using group = await ProcessGroup.create();
 * const child = await group.spawn("sh", { args: ["-c", "sleep 60 & exec sleep 60"] });
 * console.log(group.mechanism, group.members().includes(child.pid)); // "cgroup_v2" true
 * ```
 *
 * @module
 */

export * from "../child/mod.ts";
export type { ProcessIdentity } from "../process/identity.ts";
export { hostContainment } from "./host.ts";
export { type LimitProblem, ResourceLimitError } from "./limits.ts";
export { type GroupOptions, ProcessGroup, type ShutdownOptions } from "./process_group.ts";
export type {
  GroupStats,
  HostContainment,
  Mechanism,
  MemberInfo,
  ResourceLimits,
  ShutdownReport,
} from "./types.ts";
