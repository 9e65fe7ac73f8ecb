// A tree in a job object. Members are looked at one by one where the job has no word for all of them.

import { ProcrefError, UnsupportedError } from "../../../ffi/errors.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { isSignaled } from "../../../ffi/windows/poller.ts";
import { launchChild } from "../../child/launch.ts";
import type { SpawnOptions } from "../../child/options.ts";
import { type SharedChild, sharedChild } from "../../child/shared_child.ts";
import { askMembers } from "../../object/members.ts";
import { allEnded } from "../../object/wait.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { checkSignal, signalName } from "../../process/signals.ts";
import {
  exitCodeFor,
  openProcess,
  PROCESS_RIGHTS,
  suspendProcess,
  timesOf,
} from "../../process/windows.ts";
import { ResourceLimitError } from "../limits.ts";
import type { Containment } from "../system.ts";
import type { GroupStats, MemberInfo, ResourceLimits } from "../types.ts";
import { TreeJob } from "./job.ts";
import { memberInfo, peakMemoryOf } from "./member.ts";
import { unenforceable } from "./limits.ts";
import { NEVER } from "../../wait.ts";

const LOOK = PROCESS_RIGHTS.queryLimited | PROCESS_RIGHTS.synchronize;

/** Trees in job objects. */
export class JobContainment implements Containment {
  readonly mechanism = "job_object";
  readonly #job: TreeJob;
  #limits: ResourceLimits = {};
  /** Whom we have stopped, by pid and start time: stopping twice would need going on twice. */
  readonly #stopped = new Set<string>();
  #suspended = false;
  #peak = 0;

  /** @throws {ResourceLimitError} A limit that nothing enforces. @throws {SystemError} */
  constructor(limits: ResourceLimits) {
    this.#job = new TreeJob();
    try {
      this.limit(limits);
    } catch (error) {
      this.#job.close();
      throw error;
    }
  }

  // deno-lint-ignore require-await
  async spawn(program: string | URL, options: SpawnOptions): Promise<SharedChild> {
    const suspended = this.#suspended;
    const launched = launchChild(program, options, { job: this.#job.handle, suspended });
    if (suspended) this.#stopped.add(this.#nameOf(launched.child.pid) ?? "");
    return sharedChild(launched);
  }

  adopt({ pid, startTime }: ProcessIdentity): void {
    const rights = LOOK | PROCESS_RIGHTS.setQuota | PROCESS_RIGHTS.terminate;
    const process = openProcess(pid, rights);
    const gone = new ProcrefError("not_found", `Process ${pid} is gone`);
    if (process === undefined) throw gone;
    try {
      if (isSignaled(process) || String(timesOf(process).created) !== startTime) throw gone;
      this.#job.assign(process, pid);
    } finally {
      closeHandle(process);
    }
    if (this.#suspended) this.#stop();
  }

  async kill(): Promise<void> {
    await this.#job.end(exitCodeFor(checkSignal("SIGKILL")), NEVER);
    this.#stopped.clear();
  }

  /** Whatever the signal, the members end at once: who listens has no signal to hear, and nothing limits its time. */
  signal(number: number): void {
    if (number === 0) return;
    if (signalName(number) === undefined) throw new UnsupportedError(`Signal ${number}`, "windows");
    this.#job.terminate(exitCodeFor(number));
  }

  async ask(number: number, signal: AbortSignal): Promise<void> {
    await askMembers(this.#job, number, signal);
  }

  // deno-lint-ignore require-await
  async suspend(): Promise<void> {
    this.#suspended = true;
    this.#stop();
  }

  /** Stops one after the other, until nobody is left who could start another. */
  #stop(): void {
    for (let found = true; found;) {
      found = false;
      for (const pid of this.#job.members()) {
        const name = this.#nameOf(pid);
        if (name === undefined || this.#stopped.has(name)) continue;
        suspendProcess(pid, true);
        this.#stopped.add(name);
        found = true;
      }
    }
  }

  // deno-lint-ignore require-await
  async resume(): Promise<void> {
    this.#suspended = false;
    for (const pid of this.#job.members()) {
      if (this.#stopped.delete(this.#nameOf(pid) ?? "")) suspendProcess(pid, false);
    }
    this.#stopped.clear();
  }

  #nameOf(pid: number): string | undefined {
    const process = openProcess(pid, LOOK);
    if (process === undefined) return undefined;
    try {
      return `${pid} ${timesOf(process).created}`;
    } finally {
      closeHandle(process);
    }
  }

  members(): number[] {
    return this.#job.members();
  }

  membersInfo(): MemberInfo[] {
    return this.members().map(memberInfo).filter((info) => info !== undefined);
  }

  stats(): GroupStats {
    const { active, cpuTime, peakMemory } = this.#job.accounting();
    const seen = this.members().reduce((sum, pid) => sum + peakMemoryOf(pid), 0);
    this.#peak = Math.max(this.#peak, peakMemory, seen);
    return { processes: active, cpuTime, peakMemory: this.#peak };
  }

  limit(limits: ResourceLimits): void {
    const refusal = unenforceable(limits);
    if (refusal !== undefined) throw new ResourceLimitError("unenforceable", refusal);
    const all = { ...this.#limits, ...limits };
    this.#job.limit(all);
    this.#limits = all;
  }

  // The kernel keeps no account of refusals; a port that is told of them would have to be read all the time.
  limitEvidence(): "unknown" {
    return "unknown";
  }

  async whenEmpty(signal: AbortSignal): Promise<void> {
    while (this.#job.members().length > 0) await allEnded(this.#handles(), signal);
  }

  /** Handles of those members that still live. */
  #handles(): number[] {
    return this.#job.members().map((pid) => openProcess(pid, LOOK))
      .filter((handle) => handle !== undefined);
  }

  vacate(): boolean {
    return false;
  }

  async close(): Promise<void> {
    await this.kill();
    this.#job.close();
  }
}
