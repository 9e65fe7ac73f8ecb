import { UnsupportedError } from "../../ffi/errors.ts";
import type { SpawnOptions } from "../child/options.ts";
import type { SharedChild } from "../child/shared_child.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { runtime } from "../runtime/mod.ts";
import { linux } from "./linux/system.ts";
import type {
  GroupStats,
  HostContainment,
  Mechanism,
  MemberInfo,
  ResourceLimits,
} from "./types.ts";

// Another system's way is loaded only there.
const other: ContainmentSystem | undefined = runtime.platform === "windows"
  ? (await import("./windows/system.ts")).windows
  : runtime.platform === "darwin"
  ? (await import("./darwin/system.ts")).darwin
  : undefined;

/** One tree, held together by a kernel mechanism and watched over by a guardian. */
export interface Containment {
  readonly mechanism: Mechanism;
  /** Starts a program inside. It is a member from now on, wherever its launcher is at this moment. */
  spawn(program: string | URL, options: SpawnOptions): Promise<SharedChild>;
  /** Takes a living process in; `own` if it is a child of this runtime. @throws {ProcrefError} `not_found`: gone. */
  adopt(target: ProcessIdentity): void;
  /** Kills everything inside, and resolves when nothing is left. */
  kill(): Promise<void>;
  /** Sends a signal to every member. */
  signal(number: number): void;
  /**
   * Where no signal asks: asks who listens, by whatever there is for that, and ends the others when these have ended.
   * Resolves when nothing is inside; rejects with the signal's reason.
   */
  ask?(number: number, signal: AbortSignal): Promise<void>;
  suspend(): Promise<void>;
  resume(): Promise<void>;
  members(): number[];
  membersInfo(): MemberInfo[];
  stats(): GroupStats;
  /** Sets limits anew. @throws {ResourceLimitError} */
  limit(limits: ResourceLimits): void;
  limitEvidence(): "tripped" | "not_tripped" | "unknown";
  /** Resolves when nothing is inside; rejects with the signal's reason. */
  whenEmpty(signal: AbortSignal): Promise<void>;
  /** Gives everything back if nothing is left inside and that can be had at once; then `close()` is not needed. */
  vacate(): boolean;
  /** Kills what is left, and gives everything back to the kernel. */
  close(): Promise<void>;
}

/** What a system must offer for groups. */
export interface ContainmentSystem {
  /** What there is, found without starting anything or leaving anything behind. */
  host(): HostContainment;
  /**
   * Makes an empty tree.
   *
   * @throws {UnsupportedError} The mechanism that is asked for is not there.
   * @throws {ResourceLimitError} A limit can't be enforced.
   */
  open(mechanism: Mechanism | undefined, limits: ResourceLimits): Promise<Containment>;
  /**
   * A tree for one run, without limits: as cheaply as can be, as there may be thousands of them.
   *
   * @param used It may be one that an earlier run left empty; its `stats()` are then those of both.
   */
  openRun(used: boolean): Promise<Containment>;
}

const system = runtime.platform === "linux" ? linux : other;

/** This system's containment. @throws {UnsupportedError} */
export function containmentSystem(): ContainmentSystem {
  if (system !== undefined) return system;
  throw new UnsupportedError("Containing a process tree", runtime.platform);
}

/** What this system has, which may be nothing. */
export function containmentHere(): HostContainment {
  return system?.host() ?? {
    mechanism: "none",
    limits: { memory: false, processes: false, cpu: false },
    reason: `procref has no mechanism for this on ${runtime.platform}`,
  };
}
