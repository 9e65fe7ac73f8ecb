// A cgroup of version 2: a directory; every descendant of a process in it is born in it. Writing cgroup.kill kills
// all of them, forks under way included; `populated 0` in cgroup.events tells when the last is gone; the
// directory itself stays when its owner dies, so a guardian kills and removes it (admin-guide/cgroup-v2).

import { ERRNO } from "../../../ffi/errno.ts";
import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { processes } from "../../../ffi/libc.ts";
import { launchChild } from "../../child/launch.ts";
import type { SpawnOptions } from "../../child/options.ts";
import { type SharedChild, sharedChild } from "../../child/shared_child.ts";
import { readText } from "../../file/posix.ts";
import { linux } from "../../process/linux.ts";
import { hold } from "../../process/pidfd.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";
import { NEVER, sleep } from "../../wait.ts";
import { callAll } from "../call_all.ts";
import { GroupGuardian } from "../guardian.ts";
import { asked, ResourceLimitError } from "../limits.ts";
import type { Containment } from "../system.ts";
import type { GroupStats, MemberInfo, ResourceLimits } from "../types.ts";
import { isBirthSafe } from "./birth.ts";
import { handOn } from "./delegation.ts";
import { untilEvent } from "./events.ts";
import { kernelFiles, processesIn, removeTree } from "./files.ts";
import { evidence, writeLimits } from "./limit_files.ts";
import { groupCpuTime, memberInfo, peakMemory } from "./proc.ts";

// PROCREF_SUBJECT: the cgroup. What is in the middle of joining dies at the next turn, and what finds no directory never starts.
const CGROUP_PASS = `
prune() {
  for below in "$1"/*/; do [ -d "$below" ] && prune "\${below%/}"; done
  rmdir "$1"
}
while [ -d "$PROCREF_SUBJECT" ]; do
  echo 1 >"$PROCREF_SUBJECT/cgroup.kill"
  prune "$PROCREF_SUBJECT" || sleep 0.005
done
echo done`;

/** The guardian of a cgroup, whether or not that is there yet. @throws {SystemError} */
export function guardianOf(directory: string): GroupGuardian {
  return new GroupGuardian(CGROUP_PASS, directory);
}

const JOINING = 1; // ms between two looks at a launcher: no event tells when it has joined
const PASSES = 16; // of a signal, over those born meanwhile; a fork bomb would keep us for ever
const KILLED_BUT_NOT_GONE = 1; // ms between two tries to remove the directory

/** What a tree needs of its guardian, and of where it comes from. */
export interface Surroundings extends Pick<GroupGuardian, "ensure" | "dismiss"> {
  /** Takes the cgroup back if it is empty, so that it need not be removed. */
  recycle?(): boolean;
}

/** A tree in a cgroup. */
export class CgroupContainment implements Containment {
  readonly mechanism = "cgroup_v2";
  readonly #directory: string;
  readonly #guardian: Surroundings;
  #limits: ResourceLimits;
  /** Members whose launcher may not have joined yet: the kernel would miss them. */
  readonly #joining = new Set<SharedChild>();
  #frozen = false;
  /** Ends the waits for a change that another one has overtaken. */
  #freezing = new AbortController();
  /** Nobody is born inside any more; see birth.ts. */
  #killed = false;
  #killing: Promise<void> | undefined;
  #last: GroupStats = { processes: 0, cpuTime: 0, peakMemory: 0 };

  /** @param directory The cgroup, made and limited before. */
  constructor(directory: string, guardian: Surroundings, limits: ResourceLimits) {
    this.#directory = directory;
    this.#guardian = guardian;
    this.#limits = limits;
  }

  async spawn(program: string | URL, options: SpawnOptions): Promise<SharedChild> {
    await this.#guardian.ensure();
    if (runtimeChildren.prepareBirths !== undefined) await runtimeChildren.prepareBirths();
    // Nothing may come in while a kill waits for the group to be empty; from here to the start nothing is awaited.
    while (this.#killing !== undefined) await this.#killing;
    // A runtime that starts a child in a frozen cgroup would wait for its exec for ever.
    const birth = !this.#killed && !this.#frozen && isBirthSafe(this.#directory);
    const placement = { cgroup: { directory: this.#directory, birth } };
    // A launcher could only fail late; a birth fails at once.
    if (!birth) this.#check();
    try {
      const child = sharedChild(launchChild(program, options, placement));
      this.#seeWhoJoined();
      if (!birth) this.#joining.add(child);
      return child;
    } catch (error) {
      if (this.#vanished()) throw this.#gone(error);
      throw error;
    }
  }

  /** Waits until every launcher has joined or ended: a fraction of a millisecond. */
  async #joined(): Promise<void> {
    for (;;) {
      this.#seeWhoJoined();
      if (this.#joining.size === 0) return;
      await sleep(JOINING);
    }
  }

  #contains(pid: number): boolean {
    const name = this.#directory.slice(this.#directory.lastIndexOf("/"));
    const path = /^0::(.*)$/m.exec(readText(`/proc/${pid}/cgroup`) ?? "")?.[1];
    return path !== undefined && `${path}/`.includes(`${name}/`);
  }

  adopt(target: ProcessIdentity): void {
    const held = hold(target);
    if (held === undefined) throw new ProcrefError("not_found", `Process ${target.pid} is gone`);
    try {
      const failure = kernelFiles.write(`${this.#directory}/cgroup.procs`, String(target.pid));
      if (failure === ERRNO.ENOENT || failure === ERRNO.ENODEV) throw this.#gone();
      if (failure !== 0 && failure !== ERRNO.ESRCH) {
        throw new SystemError("write", failure, `to move pid ${target.pid} into the group`);
      }
      if (!held.ended()) return;
      this.#expel(target);
      throw new ProcrefError("not_found", `Process ${target.pid} is gone`);
    } finally {
      held.close();
    }
  }

  /** It ended at this very moment: if its pid has a new owner already, that one does not belong here. */
  #expel({ pid, startTime }: ProcessIdentity): void {
    const now = linux.startTime(pid);
    if (now === undefined || now === startTime || !this.#contains(pid)) return;
    const parent = this.#directory.slice(0, this.#directory.lastIndexOf("/"));
    kernelFiles.write(`${parent}/cgroup.procs`, String(pid));
  }

  async kill(): Promise<void> {
    this.#killing ??= this.#kill().finally(() => this.#killing = undefined);
    await this.#killing;
  }

  async #kill(): Promise<void> {
    this.#killed = true;
    this.#seeWhoJoined();
    const launchers = [...this.#joining];
    for (const launcher of launchers) launcher.kill();
    const failure = kernelFiles.write(`${this.#directory}/cgroup.kill`, "1");
    if (failure !== 0 && !this.#vanished()) {
      throw new SystemError("write", failure, `for ${this.#directory}/cgroup.kill`);
    }
    await Promise.all(launchers.map((launcher) => launcher.wait()));
    await this.whenEmpty(NEVER);
  }

  signal(number: number): void {
    this.#check();
    this.#seeWhoJoined();
    callAll(this.#signals(number));
  }

  /** What brings a signal to each, once: launchers, members, and those that are born meanwhile. */
  *#signals(number: number): Generator<() => void> {
    const signalled = new Set<number>();
    for (const launcher of this.#joining) {
      signalled.add(launcher.pid);
      yield () => launcher.sendSignal(number);
    }
    for (let pass = 0; pass < PASSES; pass++) {
      const fresh = this.members().filter((pid) => !signalled.has(pid));
      if (fresh.length === 0) return;
      for (const pid of fresh) {
        signalled.add(pid);
        yield () => this.#signalOne(pid, number);
      }
    }
  }

  /** A launcher that is inside, or has ended, is one no more. */
  #seeWhoJoined(): void {
    for (const launcher of this.#joining) {
      if (launcher.tryWait() === undefined && !this.#contains(launcher.pid)) continue;
      this.#joining.delete(launcher);
    }
  }

  #signalOne(pid: number, number: number): void {
    const held = hold(pid);
    try {
      // Held first, looked at then: a pid that changed hands before is not in the cgroup.
      if (held !== undefined && this.#contains(pid)) held.signal(number);
    } finally {
      held?.close();
    }
  }

  async suspend(): Promise<void> {
    await this.#freeze(1);
  }

  async resume(): Promise<void> {
    await this.#freeze(0);
  }

  async #freeze(value: 0 | 1): Promise<void> {
    // What was wanted before, and has not come about yet, never may: who waits for it waits no longer.
    if (this.#frozen !== (value === 1)) this.#freezing.abort();
    this.#frozen = value === 1;
    const failure = kernelFiles.write(`${this.#directory}/cgroup.freeze`, String(value));
    if (failure !== 0) {
      this.#check();
      throw new SystemError("write", failure, `for ${this.#directory}/cgroup.freeze`);
    }
    if (this.#freezing.signal.aborted) this.#freezing = new AbortController();
    const { signal } = this.#freezing;
    try {
      await untilEvent(this.#directory, "frozen", value, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  members(): number[] {
    this.#seeWhoJoined();
    const launchers = [...this.#joining].map(({ pid }) => pid);
    return [...new Set([...processesIn(this.#directory), ...launchers])];
  }

  membersInfo(): MemberInfo[] {
    return this.members().map(memberInfo).filter((info) => info !== undefined);
  }

  stats(): GroupStats {
    const cpu = kernelFiles.read(`${this.#directory}/cpu.stat`);
    const members = this.members();
    const kernelPeak = Number(kernelFiles.read(`${this.#directory}/memory.peak`) ?? NaN);
    const now = Number.isFinite(kernelPeak)
      ? kernelPeak
      : members.reduce((sum, pid) => sum + peakMemory(pid), 0);
    this.#last = {
      processes: members.length,
      cpuTime: cpu === undefined ? this.#last.cpuTime : groupCpuTime(cpu),
      peakMemory: Math.max(this.#last.peakMemory, now),
    };
    return this.#last;
  }

  limit(limits: ResourceLimits): void {
    this.#check();
    const parent = this.#directory.slice(0, this.#directory.lastIndexOf("/"));
    const refusal = handOn(parent, asked(limits), kernelFiles);
    if (refusal !== undefined) throw new ResourceLimitError("unenforceable", refusal);
    writeLimits(this.#directory, limits, kernelFiles);
    this.#limits = { ...this.#limits, ...limits };
  }

  limitEvidence(): "tripped" | "not_tripped" | "unknown" {
    return evidence(this.#directory, this.#limits, kernelFiles);
  }

  async whenEmpty(signal: AbortSignal): Promise<void> {
    await this.#joined();
    await untilEvent(this.#directory, "populated", 0, signal);
  }

  vacate(): boolean {
    const busy = [...this.#joining].some((launcher) => launcher.tryWait() === undefined);
    if (busy || this.#killing !== undefined) return false;
    // One that was killed is not for another run: see birth.ts.
    if (!this.#killed && this.#guardian.recycle?.()) return true;
    // A cgroup with a process in it is not removed (EBUSY).
    return kernelFiles.remove(this.#directory) === 0;
  }

  async close(): Promise<void> {
    await this.kill();
    while (!removeTree(this.#directory)) await sleep(KILLED_BUT_NOT_GONE);
    await this.#guardian.dismiss();
  }

  #vanished(): boolean {
    return !kernelFiles.writable(this.#directory);
  }

  #check(): void {
    if (this.#vanished()) throw this.#gone();
  }

  #gone(cause?: unknown): ProcrefError {
    return new ProcrefError("closed", `The group's cgroup has been removed: ${this.#directory}`, {
      cause,
    });
  }
}

/** The name of a new cgroup: who made it can be seen. */
export function newName(): string {
  return `procref-${processes().getpid()}-${crypto.randomUUID().slice(0, 8)}`;
}
