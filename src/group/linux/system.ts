import { ERRNO, errnoName } from "../../../ffi/errno.ts";
import { SystemError, UnsupportedError } from "../../../ffi/errors.ts";
import { processes } from "../../../ffi/libc.ts";
import { asked, type LimitName, ResourceLimitError } from "../limits.ts";
import type { Containment, ContainmentSystem } from "../system.ts";
import type { HostContainment, Mechanism, ResourceLimits } from "../types.ts";
import { CgroupContainment, guardianOf, newName } from "./cgroup.ts";
import { CONTROLLERS, findParent, handOn } from "./delegation.ts";
import { type CgroupFiles, kernelFiles } from "./files.ts";
import { writeLimits } from "./limit_files.ts";
import { CgroupRuns } from "./runs.ts";
import { locate, sources, takenByVersion1 } from "./locate.ts";

/** Linux. */
export const linux: ContainmentSystem = {
  host,

  async open(mechanism, limits): Promise<Containment> {
    if (mechanism === "job_object" || mechanism === "none") {
      throw new UnsupportedError(`Containment by ${mechanism}`, "Linux");
    }
    if (mechanism !== "process_group") {
      const cgroup = findCgroup(asked(limits), kernelFiles);
      if ("parent" in cgroup) return openCgroup(cgroup.parent, limits);
      refuse(mechanism, limits, cgroup.reason);
    }
    if (asked(limits).length > 0) {
      throw new ResourceLimitError("unsupported", "A process group has no limits of its own");
    }
    const { ProcessGroupContainment } = await import(
      "../process_groups/containment.ts"
    );
    const { linux: table } = await import("./process_table.ts");
    return ProcessGroupContainment.open(table);
  },

  async openRun(used): Promise<Containment> {
    runs ??= findRuns();
    if (runs === "none") return await linux.open("process_group", {});
    return runs.open(used);
  },
};

/** Where this thread's runs are. */
let runs: CgroupRuns | "none" | undefined;

function findRuns(): CgroupRuns | "none" {
  const cgroup = findCgroup([], kernelFiles);
  return "parent" in cgroup ? new CgroupRuns(cgroup.parent) : "none";
}

/** Throws if there is nothing to fall back on. */
function refuse(mechanism: Mechanism | undefined, limits: ResourceLimits, reason: string): void {
  const names = asked(limits);
  if (names.length > 0) {
    const { parent } = { parent: undefined, ...findCgroup([], kernelFiles) };
    const kind = parent === undefined ? "unsupported" : "unenforceable";
    throw new ResourceLimitError(kind, `No limit on ${names.join(", ")} here: ${reason}`);
  }
  if (mechanism === "cgroup_v2") {
    throw new UnsupportedError("Containment by cgroup_v2", `this host: ${reason}`);
  }
}

type Found = { readonly parent: string } | { readonly reason: string };

/** Looks for a place for a cgroup, and tries it: what it says is what `open` meets. */
function findCgroup(limits: readonly LimitName[], through: CgroupFiles): Found {
  const found = sources(processes().getpid());
  const place = locate(found);
  if (typeof place === "string") return { reason: place };
  const delegation = findParent(place, limits, through);
  if ("reasons" in delegation) {
    return { reason: delegation.reasons.join("; ") + lost(found.mounts, limits) };
  }
  const problem = tryOut(delegation.parent, through);
  return problem === undefined ? delegation : { reason: problem };
}

/** Makes a cgroup and removes it: whether that works is not to be had from looking at permissions alone. */
function tryOut(parent: string, through: CgroupFiles): string | undefined {
  const directory = `${parent}/${newName()}`;
  const failure = through.make(directory);
  if (failure !== 0) return `a cgroup in ${parent} is refused with ${errnoName(failure)}`;
  const type = through.read(`${directory}/cgroup.type`)?.trim();
  const killable = through.writable(`${directory}/cgroup.kill`);
  through.remove(directory);
  if (type !== "domain") return `a cgroup in ${parent} is ${type}`;
  return killable ? undefined : "there is no cgroup.kill (from Linux 5.14)";
}

function lost(mounts: string, limits: readonly LimitName[]): string {
  const taken = takenByVersion1(mounts, limits.map((limit) => CONTROLLERS[limit]));
  return taken.length === 0 ? "" : ` (cgroup version 1 has ${taken.join(", ")} on this host)`;
}

function openCgroup(parent: string, limits: ResourceLimits): Containment {
  const directory = `${parent}/${newName()}`;
  // Hands on before anything is made, so that a refusal leaves nothing.
  const refusal = handOn(parent, asked(limits), kernelFiles);
  if (refusal !== undefined) throw new ResourceLimitError("unenforceable", refusal);
  // The guardian first: whatever happens from here on, the directory goes with us.
  const guardian = guardianOf(directory);
  try {
    const failure = kernelFiles.make(directory);
    if (failure !== 0) throw new SystemError("mkdir", failure, `for ${directory}`);
    writeLimits(directory, limits, kernelFiles);
    return new CgroupContainment(directory, guardian, limits);
  } catch (error) {
    const failure = kernelFiles.remove(directory);
    if (failure === 0 || failure === ERRNO.ENOENT) void guardian.dismiss();
    throw error;
  }
}

function host(): HostContainment {
  const cgroup = findCgroup([], kernelFiles);
  if ("reason" in cgroup) {
    return { mechanism: "process_group", limits: NO_LIMITS, reason: cgroup.reason };
  }
  const each = (limit: LimitName) => findCgroup([limit], kernelFiles);
  const found = { memory: each("memory"), processes: each("processes"), cpu: each("cpu") };
  const reasons = Object.values(found).flatMap((one) => "reason" in one ? [one.reason] : []);
  return {
    mechanism: "cgroup_v2",
    limits: {
      memory: "parent" in found.memory,
      processes: "parent" in found.processes,
      cpu: "parent" in found.cpu,
    },
    ...(reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join("; ") }),
  };
}

const NO_LIMITS = { memory: false, processes: false, cpu: false };
