// A cgroup's limits (admin-guide/cgroup-v2, "Controllers"): memory.max in bytes, pids.max in tasks, cpu.max as
// microseconds in each period. That a limit was hit is counted in memory.events, pids.events and cpu.stat.

import { errnoName } from "../../../ffi/errno.ts";
import { asked, type LimitName, ResourceLimitError } from "../limits.ts";
import type { ResourceLimits } from "../types.ts";
import { type CgroupFiles, fields } from "./files.ts";

const PERIOD = 100_000; // microseconds: the kernel's default

/** What is written where. */
function settings(limits: ResourceLimits): [limit: LimitName, file: string, text: string][] {
  const { memory, processes, cpu } = limits;
  const list: [LimitName, string, string][] = [];
  if (memory !== undefined) list.push(["memory", "memory.max", String(memory)]);
  if (processes !== undefined) list.push(["processes", "pids.max", String(processes)]);
  if (cpu !== undefined) list.push(["cpu", "cpu.max", `${Math.round(cpu * PERIOD)} ${PERIOD}`]);
  return list;
}

/** Sets the limits that are asked for; others stay. @throws {ResourceLimitError} `unenforceable` */
export function writeLimits(directory: string, limits: ResourceLimits, through: CgroupFiles): void {
  for (const [limit, file, text] of settings(limits)) {
    const failure = through.write(`${directory}/${file}`, text);
    if (failure === 0) continue;
    throw new ResourceLimitError(
      "unenforceable",
      `The limit ${limit}: ${directory}/${file} refuses ${text} with ${errnoName(failure)}`,
    );
  }
  // With room in swap, memory.max alone would slow the tree down instead of limiting it. Without swap there is no file.
  if (limits.memory !== undefined) through.write(`${directory}/memory.swap.max`, "0");
}

/** Whether one of the limits has been hit. */
export function evidence(
  directory: string,
  limits: ResourceLimits,
  through: CgroupFiles,
): "tripped" | "not_tripped" | "unknown" {
  const counts = asked(limits).flatMap((limit) => {
    const { file, names } = COUNTERS[limit];
    const text = through.read(`${directory}/${file}`);
    if (text === undefined) return [undefined];
    const counters = fields(text);
    return names.map((name) => counters.get(name));
  });
  if (counts.some((count) => count !== undefined && count > 0)) return "tripped";
  const known = counts.length > 0 && counts.every((count) => count !== undefined);
  return known ? "not_tripped" : "unknown";
}

const COUNTERS: Record<LimitName, { file: string; names: readonly string[] }> = {
  memory: { file: "memory.events", names: ["oom", "oom_kill"] },
  processes: { file: "pids.events", names: ["max"] },
  cpu: { file: "cpu.stat", names: ["nr_throttled"] },
};
