import { assertEquals } from "@std/assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { env, pid, platform } from "node:process";
import { eventually } from "./resources.ts";

/** Stands in the environment of all that this run starts. */
const RUN = env["PROCREF_TEST_RUN"] ??= crypto.randomUUID();

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
    cgroups: cgroups(),
  };
}

/** Looks at the kernel; what it returns looks again, and fails if something new is there. */
export function watch(): () => Promise<void> {
  const before = snapshot();
  return () => leftovers(before);
}

/**
 * Fails if something new stays. What another test run on this machine makes meanwhile goes again, each piece in its
 * turn; what we have left behind is there at every look.
 */
export async function leftovers(before: Snapshot): Promise<void> {
  let rest = compare(emptied(), (kind, one) => !before[kind].includes(one));
  const gone = () => KINDS.every((kind) => rest[kind].length === 0);
  const lookAgain = () => {
    const now = emptied();
    rest = compare(rest, (kind, one) => now[kind].includes(one));
    return gone();
  };
  if (!gone()) await eventually(lookAgain).catch(() => {});
  assertEquals(rest, NOTHING, "something is left behind");
}

/** A cgroup with processes in it was there before and will be empty, or is another run's. */
function emptied(): Snapshot {
  const now = snapshot();
  return { ...now, cgroups: now.cgroups.filter((path) => populated(path) === "0") };
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

/** Our cgroups. */
function cgroups(): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) =>
    line.split(" ")
  );
  const roots = mounts.filter(([, , type]) => type === "cgroup2").map(([, point = ""]) => point);
  return roots.flatMap((root) => list(root).map((name) => `${root}/${name}`))
    .filter((path) => path.includes("/procref-") && !isAnothers(path));
}

/** True for a cgroup, or its guardian, of another process that lives: it may keep them until its end. */
function isAnothers(text: string): boolean {
  const owner = /\/procref-(\d+)-/.exec(text)?.[1];
  if (owner === undefined || Number(owner) === pid) return false;
  return existsSync(`/proc/${owner}`);
}

function populated(cgroup: string): string | undefined {
  try {
    return /^populated (\d)/m.exec(readFileSync(`${cgroup}/cgroup.events`, "utf8"))?.[1];
  } catch {
    return undefined;
  }
}

const KERNEL = 2; // the parent of the kernel's threads

/**
 * Children of this process; guardians, what services launched, and the tests' daemons, unless another test run is known
 * to be theirs.
 */
function isOurs(entry: string): boolean {
  if (!/^\d+$/.test(entry)) return false;
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || Number(parent) === KERNEL) return false;
    if (isAnothers(commandLine(entry))) return false;
    if (Number(parent) === pid) return true;
    const environment = readFileSync(`/proc/${entry}/environ`, "utf8");
    const run = /(?:^|\0)PROCREF_TEST_RUN=([^\0]*)/.exec(environment)?.[1];
    if (run !== undefined && run !== RUN) return false;
    return commandLine(entry).includes("procref-guardian") ||
      /(?:^|\0)PROCREF_(START|TEST_DAEMON)=/.test(environment);
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
