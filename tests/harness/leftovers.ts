import { assertEquals } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { pid } from "node:process";
import { eventually } from "./resources.ts";

/** What there is of the things that procref makes. */
export interface Snapshot {
  readonly sets: readonly string[];
  readonly shared: readonly string[];
  readonly records: readonly string[];
  readonly processes: readonly string[];
  readonly cgroups: readonly string[];
}

/** Looks at the kernel: our semaphore sets, shared memory, records, guardians, children and cgroups. */
export function snapshot(): Snapshot {
  return {
    sets: semaphoreSets(),
    shared: list("/dev/shm"),
    records: list("/tmp/procref-0"),
    processes: list("/proc").filter(isOurs).map(describe),
    cgroups: emptyCgroups(),
  };
}

/** Fails if there is more than before, once everything that was under way has had time to go. */
export async function leftovers(before: Snapshot): Promise<void> {
  const more = (): Snapshot => {
    const now = snapshot();
    return {
      sets: added(before.sets, now.sets),
      shared: added(before.shared, now.shared),
      records: added(before.records, now.records),
      processes: added(before.processes, now.processes),
      cgroups: added(before.cgroups, now.cgroups),
    };
  };
  const nothing: Snapshot = { sets: [], shared: [], records: [], processes: [], cgroups: [] };
  await eventually(() => Object.values(more()).every((list) => list.length === 0)).catch(() => {});
  assertEquals(more(), nothing, "something is left behind");
}

function added(before: readonly string[], now: readonly string[]): string[] {
  return now.filter((one) => !before.includes(one));
}

// /proc/sysvipc/sem: key semid perms nsems uid ... (proc(5)); ours have mode 600 and ten semaphores.
function semaphoreSets(): string[] {
  return readFileSync("/proc/sysvipc/sem", "utf8").split("\n").slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , mode, semaphores]) => mode === "600" && semaphores === "10")
    .map(([key, id]) => `key ${key} id ${id}`);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Our cgroups in which nothing is: another run's have processes in them. */
function emptyCgroups(): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) =>
    line.split(" ")
  );
  const roots = mounts.filter(([, , type]) => type === "cgroup2").map(([, point = ""]) => point);
  return roots.flatMap((root) => list(root).map((name) => `${root}/${name}`))
    .filter((path) => path.includes("/procref-") && populated(path) === "0");
}

function populated(cgroup: string): string | undefined {
  try {
    return /^populated (\d)/m.exec(readFileSync(`${cgroup}/cgroup.events`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

/** Children of this process, and guardians of anybody. */
function isOurs(entry: string): boolean {
  if (!/^\d+$/.test(entry)) return false;
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return false;
    return Number(parent) === pid || commandLine(entry).includes("procref-guardian");
  } catch {
    return false;
  }
}

function describe(entry: string): string {
  return `${entry} ${commandLine(entry).slice(0, 200)}`;
}

function commandLine(entry: string): string {
  try {
    return readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
