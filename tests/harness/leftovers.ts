import { assertEquals } from "@std/assert";
import { readdirSync, readFileSync } from "node:fs";
import { pid, platform } from "node:process";
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
  // The places that are looked at are Linux's.
  if (platform !== "linux") return NOTHING;
  return {
    sets: semaphoreSets(),
    shared: list("/dev/shm"),
    records: list("/tmp/procref-0"),
    processes: list("/proc").filter(isOurs).map(describe),
    cgroups: emptyCgroups(),
  };
}

/**
 * Fails if something new stays. What another test run on this machine makes meanwhile goes again, each piece in its
 * turn; what we have left behind is there at every look.
 */
export async function leftovers(before: Snapshot): Promise<void> {
  let rest = compare(snapshot(), (kind, one) => !before[kind].includes(one));
  const gone = () => {
    const now = snapshot();
    rest = compare(rest, (kind, one) => now[kind].includes(one));
    return KINDS.every((kind) => rest[kind].length === 0);
  };
  await eventually(gone).catch(() => {});
  assertEquals(rest, NOTHING, "something is left behind");
}

const NOTHING: Snapshot = { sets: [], shared: [], records: [], processes: [], cgroups: [] };

const KINDS = ["sets", "shared", "records", "processes", "cgroups"] as const;

function compare(
  all: Snapshot,
  keep: (kind: keyof Snapshot, one: string) => boolean,
): Snapshot {
  return {
    sets: all.sets.filter((one) => keep("sets", one)),
    shared: all.shared.filter((one) => keep("shared", one)),
    records: all.records.filter((one) => keep("records", one)),
    processes: all.processes.filter((one) => keep("processes", one)),
    cgroups: all.cgroups.filter((one) => keep("cgroups", one)),
  };
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

/** Children of this process; guardians of anybody, and what anybody's services launched. */
function isOurs(entry: string): boolean {
  if (!/^\d+$/.test(entry)) return false;
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z") return false;
    return Number(parent) === pid || commandLine(entry).includes("procref-guardian") ||
      readFileSync(`/proc/${entry}/environ`, "utf8").includes("PROCREF_START=");
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
