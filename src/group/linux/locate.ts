// Where this process's own cgroup is, found rather than assumed: /proc/self/cgroup tells the path within the
// hierarchy (cgroups(7)), /proc/self/mounts where the hierarchy is mounted (proc(5)): alone at /sys/fs/cgroup, as
// /sys/fs/cgroup/unified beside version 1 ("hybrid"), or anywhere else. The directory that lists our own pid is it.

import { readText, statusAt } from "../../file/posix.ts";

/** Our cgroup. */
export interface CgroupPlace {
  /** The directory of the cgroup that this process is in. */
  readonly directory: string;
  /** Where the hierarchy is mounted: the way up ends there. */
  readonly mount: string;
}

/** What the kernel says about this process. */
export interface CgroupSources {
  /** /proc/self/mounts */
  readonly mounts: string;
  /** /proc/self/cgroup */
  readonly membership: string;
  readonly pid: number;
}

/** The sources of this process. */
export function sources(pid: number): CgroupSources {
  return {
    mounts: readText("/proc/self/mounts") ?? "",
    membership: readText("/proc/self/cgroup") ?? "",
    pid,
  };
}

/** One mounted file system. */
interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

function mountsOf(text: string): Mount[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [, point = "", type = "", options = ""] = line.split(" ");
    return { point: unescape(point), type, options: options.split(",") };
  });
}

// Space, tab, newline and backslash are written in octal (getmntent(3)).
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}

/** Finds our cgroup, or says why there is none to be used. */
export function locate({ mounts, membership, pid }: CgroupSources): CgroupPlace | string {
  const points = mountsOf(mounts).filter(({ type }) => type === "cgroup2").map(({ point }) =>
    point
  );
  if (points.length === 0) return "no cgroup v2 hierarchy is mounted";
  const path = /^0::(\/.*)$/m.exec(membership)?.[1];
  if (path === undefined) return "this process is in no cgroup of version 2";
  if (path.startsWith("/..")) return `this process's cgroup, ${path}, is outside of its namespace`;
  for (const mount of points) {
    // In a container that shares the host's namespace, its own cgroup may be what is mounted.
    const candidates = path === "/" ? [mount] : [mount + path, mount];
    const directory = candidates.find((candidate) => lists(candidate, pid));
    if (directory !== undefined) return { directory, mount };
  }
  return `no directory for this process's cgroup, ${path}, under ${points.join(", ")}`;
}

function lists(directory: string, pid: number): boolean {
  if (statusAt(directory)?.directory !== true) return false;
  return readText(`${directory}/cgroup.procs`)?.split("\n").includes(String(pid)) ?? false;
}

/** Which of these controllers a hierarchy of version 1 has taken: they are lost to version 2. */
export function takenByVersion1(mounts: string, controllers: readonly string[]): string[] {
  const first = mountsOf(mounts).filter(({ type }) => type === "cgroup");
  return controllers.filter((name) => first.some(({ options }) => options.includes(name)));
}
