/**
 * How a tree is held together. `"cgroup_v2"`: a Linux control group, which no descendant can leave (cgroups(7)).
 * `"process_group"`: a process group and session for each child (setpgid(2), setsid(2)), which a descendant can leave.
 * `"job_object"`: Windows. `"none"`: this host has nothing of the kind.
 */
export type Mechanism = "cgroup_v2" | "process_group" | "job_object" | "none";

/** Limits of a whole tree. What is left out is not limited. */
export interface ResourceLimits {
  /** Bytes of memory of all processes together, swap excluded; a process is killed where they need more. */
  readonly memory?: number;
  /** Processes at one time; the kernel counts threads as well. A fork above it fails with EAGAIN. */
  readonly processes?: number;
  /** Cores' worth of CPU time, for example 0.5 or 2; at least 0.01. The tree is slowed down to it. */
  readonly cpu?: number;
}

/** What a tree has used. */
export interface GroupStats {
  /** Processes now. */
  readonly processes: number;
  /** CPU time of all processes so far, in milliseconds; in a process group only of those seen alive. */
  readonly cpuTime: number;
  /** The most memory so far, in bytes: the kernel's own peak, or the sum of the processes' peaks as last seen. */
  readonly peakMemory: number;
}

/** One process of a tree. */
export interface MemberInfo {
  /** The process id. */
  readonly pid: number;
  /** As in `ProcessIdentity`. */
  readonly startTime: string;
  /** The command line, or the name in brackets where there is none. */
  readonly command: string;
  /** CPU time in milliseconds. */
  readonly cpuTime: number;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** How the members left at a shutdown. */
export interface ShutdownReport {
  /** Pids of those that obeyed, or ended by themselves meanwhile. */
  readonly exited: number[];
  /** Pids of those that had to be killed. */
  readonly killed: number[];
  /** Milliseconds from the request to the end. */
  readonly elapsed: number;
}

/** What this host can do to contain a tree. */
export interface HostContainment {
  /** What `ProcessGroup.create()` takes if not told otherwise. */
  readonly mechanism: Mechanism;
  /** Which limits can be enforced. */
  readonly limits: { readonly memory: boolean; readonly processes: boolean; readonly cpu: boolean };
  /** Why not a better mechanism, and why not every limit. */
  readonly reason?: string;
}
