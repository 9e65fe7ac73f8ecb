// Where under our own cgroup, or above it, a new one may be made, and with which limits. The rules are those of the
// kernel's documentation (admin-guide/cgroup-v2, "Delegation" and "Organizing Processes and Threads"):
// - to move a process one must be able to write the cgroup.procs of the nearest common ancestor;
// - a controller works in a cgroup's children when it is written into its cgroup.subtree_control;
// - that is refused (EBUSY) while processes live in it, unless it is the root.

import { ERRNO, errnoName } from "../../../ffi/errno.ts";
import type { LimitName } from "../limits.ts";
import type { CgroupFiles } from "./files.ts";
import type { CgroupPlace } from "./locate.ts";

/** The controller behind each limit. */
export const CONTROLLERS = {
  memory: "memory",
  processes: "pids",
  cpu: "cpu",
} as const satisfies Record<LimitName, string>;

/** Our cgroup and its ancestors up to the mount. */
function candidates({ directory, mount }: CgroupPlace): string[] {
  const found = [directory];
  for (let at = directory; at !== mount && at.length > mount.length;) {
    at = at.slice(0, at.lastIndexOf("/"));
    found.push(at);
  }
  return found;
}

function words(text: string | undefined): string[] {
  return text?.split(/\s+/).filter((word) => word !== "") ?? [];
}

/** Why a cgroup cannot have children of ours; undefined if it can. */
function closed(directory: string, through: CgroupFiles): string | undefined {
  if (!through.writable(directory)) return `${directory} may not be written by this user`;
  if (!through.writable(`${directory}/cgroup.procs`)) {
    return `${directory}/cgroup.procs may not be written by this user`;
  }
  const type = through.read(`${directory}/cgroup.type`)?.trim();
  // The root has no type.
  return type === undefined || type === "domain" ? undefined : `${directory} is ${type}`;
}

/** Why a limit does not work in the children of a cgroup as it is, nor could be made to; undefined if it does. */
function unavailable(
  directory: string,
  limit: LimitName,
  through: CgroupFiles,
): string | undefined {
  const controller = CONTROLLERS[limit];
  if (!words(through.read(`${directory}/cgroup.controllers`)).includes(controller)) {
    return `${controller} is not in ${directory}/cgroup.controllers`;
  }
  if (words(through.read(`${directory}/cgroup.subtree_control`)).includes(controller)) {
    return undefined;
  }
  const root = through.read(`${directory}/cgroup.type`) === undefined;
  const inhabited = words(through.read(`${directory}/cgroup.procs`)).length > 0;
  if (inhabited && !root) {
    return `processes live in ${directory}, so it can't hand ${controller} on`;
  }
  return through.writable(`${directory}/cgroup.subtree_control`)
    ? undefined
    : `${directory}/cgroup.subtree_control may not be written by this user`;
}

/** A parent for new cgroups, or the reasons why there is none. */
export type Delegation = { readonly parent: string } | { readonly reasons: readonly string[] };

/** Finds the nearest cgroup that may have children with these limits. Nothing is changed. */
export function findParent(
  place: CgroupPlace,
  limits: readonly LimitName[],
  through: CgroupFiles,
): Delegation {
  const reasons: string[] = [];
  for (const parent of candidates(place)) {
    const why = [
      closed(parent, through),
      ...limits.map((limit) => unavailable(parent, limit, through)),
    ].filter((reason) => reason !== undefined);
    if (why.length === 0) return { parent };
    reasons.push(...why);
  }
  return { reasons };
}

/**
 * Hands controllers on to a cgroup's children.
 *
 * @returns Undefined, or why the kernel refused.
 */
export function handOn(
  parent: string,
  limits: readonly LimitName[],
  through: CgroupFiles,
): string | undefined {
  const file = `${parent}/cgroup.subtree_control`;
  const enabled = words(through.read(file));
  const missing = limits.map((limit) => CONTROLLERS[limit]).filter((name) =>
    !enabled.includes(name)
  );
  if (missing.length === 0) return undefined;
  const failure = through.write(file, missing.map((name) => `+${name}`).join(" "));
  if (failure === 0) return undefined;
  const why = failure === ERRNO.EBUSY ? ": processes live in it" : "";
  return `${file} refuses ${missing.join(", ")} with ${errnoName(failure)}${why}`;
}
