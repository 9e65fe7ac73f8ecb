import { ProcrefError } from "../../ffi/errors.ts";
import type { SpawnOptions } from "../child/options.ts";
import { SharedChild } from "../child/shared_child.ts";
import { checkTarget, type ProcessIdentity } from "../process/identity.ts";
import { identify } from "../process/alive.ts";
import { checkSignal, type SignalName } from "../process/signals.ts";
import { runtime } from "../runtime/mod.ts";
import { checkDuration } from "../wait.ts";
import { asked, checkLimits } from "./limits.ts";
import { sample } from "./sampler.ts";
import { shutDown } from "./shutdown.ts";
import { type Containment, containmentSystem } from "./system.ts";
import type { GroupStats, Mechanism, MemberInfo, ResourceLimits, ShutdownReport } from "./types.ts";

/** How a group is made. */
export interface GroupOptions {
  /** A mechanism that must be used, or making the group fails. Default: the best there is. */
  readonly mechanism?: Mechanism;
  /** Limits of the whole tree. */
  readonly limits?: ResourceLimits;
  /**
   * Milliseconds that `shutdown()` gives the members to obey.
   *
   * @default {2000}
   */
  readonly shutdownTimeout?: number;
  /**
   * Whether `shutdown()` kills those that do not obey in time.
   *
   * @default {true}
   */
  readonly escalate?: boolean;
}

/** How one shutdown goes. */
export interface ShutdownOptions {
  /** Milliseconds to obey. Default: the group's `shutdownTimeout`. */
  readonly timeout?: number;
  /** Kills those that do not obey. Default: the group's `escalate`. */
  readonly escalate?: boolean;
}

const MECHANISMS: readonly unknown[] = ["cgroup_v2", "process_group", "job_object", "none"];
const SHUTDOWN_TIMEOUT = 2000;

/**
 * A process tree that does not outlive its owner: leaving the scope kills all of it, and so does the owner's death,
 * SIGKILL included, by a guardian process that holds nothing but a pipe.
 *
 * On Linux it is a cgroup of version 2 where there is one to be had: no descendant leaves it, whatever it does.
 * On Windows it is a job object, of which the same is true. Elsewhere, and on macOS, it is a process group for each
 * child, which descendants can leave; `mechanism` tells which.
 *
 * @example
 * ```ts
 * import { ProcessGroup } from "@procref/procref/group";
 *
 * await using group = await ProcessGroup.create();
 * await group.spawn("sh", { args: ["-c", "sleep 60 & sleep 60"] });
 * const { exited, killed } = await group.shutdown();
 * console.log(exited.length > 0, killed.length); // true 0
 * ```
 */
export class ProcessGroup implements AsyncDisposable {
  /** What holds the tree together. */
  readonly mechanism: Mechanism;
  readonly #containment: Containment;
  readonly #options: { readonly timeout: number; readonly escalate: boolean };
  readonly #over = new AbortController();
  #ending: Promise<ShutdownReport> | undefined;
  #closing: Promise<void> | undefined;
  #final: { stats: GroupStats; evidence: "tripped" | "not_tripped" | "unknown" } | undefined;

  private constructor(containment: Containment, timeout: number, escalate: boolean) {
    this.mechanism = containment.mechanism;
    this.#containment = containment;
    this.#options = { timeout, escalate };
  }

  /**
   * Makes an empty group.
   *
   * @param options The mechanism, limits, and how it is shut down.
   * @throws {UnsupportedError} The mechanism that is asked for is not there; the message says why.
   * @throws {ResourceLimitError} A limit is invalid, or nothing here would enforce it; nothing has been started.
   * @throws {TypeError | RangeError} Bad options.
   */
  static async create(options: GroupOptions = {}): Promise<ProcessGroup> {
    const { mechanism, limits = {}, shutdownTimeout = SHUTDOWN_TIMEOUT, escalate = true } = options;
    if (mechanism !== undefined && !MECHANISMS.includes(mechanism)) {
      throw new TypeError(`No mechanism: ${JSON.stringify(mechanism)}`);
    }
    checkLimits(limits);
    checkDuration(shutdownTimeout, "shutdownTimeout");
    const containment = await containmentSystem().open(mechanism, limits);
    return new ProcessGroup(containment, shutdownTimeout, escalate);
  }

  /**
   * Starts a program inside.
   *
   * @param program A name, a path, or a file URL.
   * @param options As for `SharedChild.spawn()`.
   * @returns The child, when it is inside.
   * @throws {ProcrefError} `closed`: the group is shut down, or its cgroup was removed by somebody; and all that
   *   `SharedChild.spawn()` throws.
   */
  async spawn(program: string | URL, options: SpawnOptions = {}): Promise<SharedChild> {
    this.#check();
    return await this.#containment.spawn(program, options);
  }

  /**
   * Takes in a process that already runs; what it starts from now on is inside as well (in a cgroup), what it has
   * started before is not.
   *
   * @param child A shared child, or any process by its identity.
   * @throws {ProcrefError} `not_found`: it is gone, or its pid belongs to another process by now; `closed`.
   * @throws {RangeError} Pid 1, or this process itself.
   * @throws {SystemError} It may not be moved (EACCES).
   */
  // deno-lint-ignore require-await
  async adopt(child: SharedChild | ProcessIdentity): Promise<void> {
    this.#check();
    this.#containment.adopt(identityOf(child));
  }

  /** Kills everything inside and resolves when nothing is left. The group stays usable. Any number of times. */
  async killAll(): Promise<void> {
    if (this.#closing !== undefined) return await this.#closing;
    await this.#containment.kill();
  }

  /**
   * Sends a signal to every member. An empty group is fine. On Windows every signal ends them at once: `shutdown()`
   * asks those that listen.
   *
   * @param signal A name of this platform, or a number.
   * @throws {TypeError | RangeError} No such signal.
   * @throws {ProcrefError} `closed`.
   */
  signal(signal: SignalName | number): void {
    const number = checkSignal(signal);
    this.#check();
    this.#containment.signal(number);
  }

  /**
   * Stops all members where they are, and those that come later; resolves when they stand, or as soon as `resume()`
   * lets them go again.
   *
   * @throws {ProcrefError} `closed`.
   */
  async suspend(): Promise<void> {
    this.#check();
    await this.#containment.suspend();
  }

  /** Lets them go on. @throws {ProcrefError} `closed` */
  async resume(): Promise<void> {
    this.#check();
    await this.#containment.resume();
  }

  /** The pids inside, in ascending order; empty after a shutdown. */
  members(): number[] {
    return this.#final === undefined ? this.#containment.members() : [];
  }

  /** What is known of each process inside. */
  membersInfo(): MemberInfo[] {
    return this.#final === undefined ? this.#containment.membersInfo() : [];
  }

  /** Whether a limit has been hit: memory ran out, a process was refused, the CPU was throttled. `"unknown"` without limits. */
  limitEvidence(): "tripped" | "not_tripped" | "unknown" {
    return this.#final?.evidence ?? this.#containment.limitEvidence();
  }

  /** What the tree has used so far; after a shutdown, in all. */
  stats(): GroupStats {
    return this.#final?.stats ?? this.#containment.stats();
  }

  /**
   * Looks at `stats()` again and again, until the group is shut down or the loop is left.
   *
   * @param every Milliseconds between two samples; the first comes at once.
   * @throws {RangeError} Not a positive number.
   */
  sampleStats(every: number): AsyncIterable<GroupStats> {
    if (checkDuration(every, "every") === 0) throw new RangeError("every is more than 0 ms");
    return sample(() => this.stats(), this.#over.signal, every);
  }

  /**
   * Sets limits anew; those left out stay.
   *
   * @param limits As at `create()`.
   * @throws {ResourceLimitError} Invalid, or not enforceable here.
   * @throws {ProcrefError} `closed`.
   */
  updateLimits(limits: ResourceLimits): void {
    checkLimits(limits);
    this.#check();
    if (asked(limits).length > 0) this.#containment.limit(limits);
  }

  /**
   * Ends the group: SIGTERM to all, then SIGKILL to those that do not obey in time. It returns as soon as all are gone.
   * Afterwards the group is closed, unless survivors were to be spared (`escalate: false`).
   *
   * On Windows those members that have called `onStopRequest()` of `./process` are asked; the others stay until these
   * have ended, and end at once where nobody listens.
   *
   * @param options Timeout and escalation of this shutdown.
   * @returns Who left how; of a second call, the report of the first.
   * @throws {RangeError} The timeout is negative or NaN.
   */
  async shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    const { timeout = this.#options.timeout, escalate = this.#options.escalate } = options;
    checkDuration(timeout, "timeout");
    if (this.#ending !== undefined) return await this.#ending;
    const ending = this.#shutDown(timeout, escalate);
    this.#ending = ending;
    return await ending;
  }

  /** Kills everything inside and gives the group back to the kernel. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  async #shutDown(timeout: number, escalate: boolean): Promise<ShutdownReport> {
    if (this.#closing !== undefined) {
      await this.#closing;
      return { exited: [], killed: [], elapsed: 0 };
    }
    try {
      const report = await shutDown(this.#containment, timeout, escalate);
      if (this.members().length === 0 || escalate) await this.#close();
      return report;
    } finally {
      if (this.#closing === undefined) this.#ending = undefined;
    }
  }

  async #close(): Promise<void> {
    this.#over.abort();
    this.#closing ??= this.#release();
    await this.#closing;
  }

  async #release(): Promise<void> {
    try {
      await this.#containment.kill();
    } finally {
      // What it came to, as long as the kernel still tells.
      const final = {
        stats: { ...this.#containment.stats(), processes: 0 },
        evidence: this.#containment.limitEvidence(),
      };
      this.#final = final;
      await this.#containment.close();
    }
  }

  #check(): void {
    if (this.#closing === undefined) return;
    throw new ProcrefError("closed", "The group is shut down");
  }
}

/** Whom to take in, checked. */
function identityOf(child: SharedChild | ProcessIdentity): ProcessIdentity {
  if (typeof child !== "object" || child === null) {
    throw new TypeError("A group adopts a shared child or a process identity");
  }
  const gone = () => new ProcrefError("not_found", `Process ${child.pid} is gone`);
  if (child instanceof SharedChild) {
    // Its end is seen before its pid is free, so a child that still runs has its own pid.
    const identity = child.tryWait() === undefined ? identify(child.pid) : undefined;
    if (identity === undefined) throw gone();
    return identity;
  }
  const pid = checkTarget(child);
  if (pid === 1) throw new RangeError("Pid 1 is the system's init, not to be adopted");
  if (pid === runtime.pid) throw new RangeError("A group cannot adopt its own owner");
  return child;
}
