// Where nothing holds a tree that its members can't leave: each child leads a session and with it a process group
// (setsid(2)), and carries a mark in its environment. A signal reaches the whole group (kill(2)); a descendant that makes
// a group of its own is found by the mark as long as it keeps and shows it. Another one has escaped.

import { ERRNO } from "../../../ffi/errno.ts";
import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { processes } from "../../../ffi/libc.ts";
import { launchChild } from "../../child/launch.ts";
import type { SpawnOptions } from "../../child/options.ts";
import { type SharedChild, sharedChild } from "../../child/shared_child.ts";
import { childSystem } from "../../child/system.ts";
import { close } from "../../file/posix.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { checkSignal } from "../../process/signals.ts";
import { holdingSystem } from "../../process/held.ts";
import type { HeldProcess } from "../../process/held.ts";
import { NEVER, sleep } from "../../wait.ts";
import { callAll } from "../call_all.ts";
import { GroupGuardian } from "../guardian.ts";
import { ResourceLimitError } from "../limits.ts";
import type { Containment } from "../system.ts";
import type { GroupStats, MemberInfo } from "../types.ts";
import { MARK_VARIABLE, passOf } from "./pass.ts";
import type { Leader, ListedProcess, ProcessTable } from "./table.ts";

const EXEC_TIME = 2; // ms; an execve takes less
const SIGKILL = checkSignal("SIGKILL");

/** Trees in process groups. */
export class ProcessGroupContainment implements Containment {
  readonly mechanism = "process_group";
  readonly #table: ProcessTable;
  readonly #mark: string;
  readonly #guardian: GroupGuardian;
  readonly #leaders = new Map<number, Leader>();
  readonly #adopted = new Map<ProcessIdentity, HeldProcess>();
  readonly #cpuTimes = new Map<string, number>();
  #suspended = false;
  #peak = 0;

  private constructor(table: ProcessTable, mark: string, guardian: GroupGuardian) {
    this.#table = table;
    this.#mark = mark;
    this.#guardian = guardian;
  }

  /** @throws {SystemError} No guardian can be started. */
  static open(table: ProcessTable): ProcessGroupContainment {
    const mark = crypto.randomUUID();
    const guardian = new GroupGuardian(passOf(table.commands), mark);
    return new ProcessGroupContainment(table, mark, guardian);
  }

  async spawn(program: string | URL, options: SpawnOptions): Promise<SharedChild> {
    await this.#guardian.ensure();
    const marks = { [MARK_VARIABLE]: this.#mark };
    const placement = { ownSession: true, marks, suspended: this.#suspended };
    const launched = launchChild(program, options, placement);
    if (launched.handle !== undefined) this.#lead(launched.child.pid, launched.handle);
    return sharedChild(launched);
  }

  #lead(pid: number, handle: number): void {
    const startTime = this.#table.startTime(pid) ?? "";
    const descriptor = childSystem().duplicate(handle);
    const leader = { pid, startTime, descriptor };
    this.#leaders.set(pid, leader);
    // Whoever has gone is struck off the list as well.
    if (this.#forget()) this.#tell();
    else this.#guardian.add(this.#entry("g", leader));
  }

  adopt(target: ProcessIdentity): void {
    const held = holdingSystem.hold(target);
    if (held === undefined) throw new ProcrefError("not_found", `Process ${target.pid} is gone`);
    this.#adopted.set(target, held);
    this.#guardian.add(this.#entry("p", target));
    if (this.#suspended) held.signal(checkSignal("SIGSTOP"));
  }

  #tell(): void {
    const groups = [...this.#leaders.values()].map((one) => this.#entry("g", one));
    const single = [...this.#adopted.keys()].map((one) => this.#entry("p", one));
    this.#guardian.note([...groups, ...single].join(" "));
  }

  /** What the guardian's list has for a process group, or for an adopted process; see pass.ts. */
  #entry(kind: "g" | "p", { pid, startTime }: ProcessIdentity): string {
    return `${kind}${pid}:${this.#table.written(startTime)}`;
  }

  async kill(): Promise<void> {
    const refusal = await this.#kill();
    if (refusal !== undefined) throw refusal;
  }

  /** Kills all that may be killed. @returns Why another one lives on. */
  async #kill(): Promise<SystemError | undefined> {
    const spared: ListedProcess[] = [];
    let refusal: SystemError | undefined;
    for (let empty = 0; empty < 2;) {
      const found = this.#scan().filter((stat) => !spared.some((one) => isSame(one, stat)));
      const killed: ListedProcess[] = [];
      for (const leader of this.#leadersOf(found)) {
        permitted(() => this.#signalGroup(leader, SIGKILL));
      }
      // Each by itself as well: one that has just left its process group is waited for like the others.
      for (const stat of found) {
        const refused = permitted(() => signalOne(stat, SIGKILL));
        refusal ??= refused;
        (refused === undefined ? killed : spared).push(stat);
      }
      await this.#ended(killed, NEVER);
      empty = killed.length > 0 ? 0 : empty + 1;
      // Twice: in the middle of execve(2) a process shows no environment, and so no mark.
      if (empty === 1 && this.#leaders.size > 0) await sleep(EXEC_TIME);
    }
    this.#forget();
    return refusal;
  }

  signal(number: number): void {
    const found = this.#scan();
    const groups = this.#leadersOf(found).map((leader) => () => this.#signalGroup(leader, number));
    const single = found.filter(({ group }) => !this.#leaders.has(group))
      .map((stat) => () => signalOne(stat, number));
    callAll([...groups, ...single]);
  }

  /** Those whose groups have one of these in them. */
  #leadersOf(found: readonly ListedProcess[]): Leader[] {
    return [...this.#leaders.values()].filter(({ pid }) =>
      found.some(({ group }) => group === pid)
    );
  }

  // deno-lint-ignore require-await
  async suspend(): Promise<void> {
    this.#suspended = true;
    this.signal(checkSignal("SIGSTOP"));
  }

  // deno-lint-ignore require-await
  async resume(): Promise<void> {
    this.#suspended = false;
    this.signal(checkSignal("SIGCONT"));
  }

  /** The living members: of our process groups, marked, or adopted. */
  #scan(): ListedProcess[] {
    const self = processes().getpid();
    const mark = `${MARK_VARIABLE}=${this.#mark}`;
    const all = this.#table.living();
    const reused = new Set(
      all.filter(({ pid, startTime }) => {
        const leader = this.#leaders.get(pid);
        return leader !== undefined && leader.startTime !== startTime;
      }).map(({ pid }) => pid),
    );
    const adopted = new Map([...this.#adopted.keys()].map((one) => [one.pid, one.startTime]));
    return all.filter((stat) =>
      stat.pid !== self &&
      ((this.#leaders.has(stat.group) && !reused.has(stat.group)) ||
        adopted.get(stat.pid) === stat.startTime || this.#table.isMarked(stat.pid, mark))
    );
  }

  /** Lets go of groups and adopted processes that are gone. @returns True if there was one. */
  #forget(): boolean {
    const before = this.#leaders.size + this.#adopted.size;
    for (const leader of [...this.#leaders.values()]) {
      if (this.#table.sendToGroup(leader, 0) !== ERRNO.ESRCH) continue;
      close(leader.descriptor);
      this.#leaders.delete(leader.pid);
    }
    for (const [identity, held] of [...this.#adopted]) {
      if (!held.ended()) continue;
      held.close();
      this.#adopted.delete(identity);
    }
    return this.#leaders.size + this.#adopted.size < before;
  }

  members(): number[] {
    return this.#scan().map(({ pid }) => pid).sort((a, b) => a - b);
  }

  membersInfo(): MemberInfo[] {
    return this.members().map((pid) => this.#table.memberInfo(pid)).filter((info) =>
      info !== undefined
    );
  }

  stats(): GroupStats {
    const found = this.#scan();
    let peak = 0;
    for (const { pid, startTime } of found) {
      const usage = this.#table.usage(pid);
      if (usage === undefined) continue;
      this.#cpuTimes.set(`${pid} ${startTime}`, usage.cpuTime);
      peak += usage.peakMemory;
    }
    this.#peak = Math.max(this.#peak, peak);
    const total = [...this.#cpuTimes.values()].reduce((sum, time) => sum + time, 0);
    return { processes: found.length, cpuTime: total, peakMemory: this.#peak };
  }

  limit(): void {
    throw new ResourceLimitError("unsupported", "A process group has no limits of its own");
  }

  limitEvidence(): "unknown" {
    return "unknown";
  }

  async whenEmpty(signal: AbortSignal): Promise<void> {
    for (let found = this.#scan(); found.length > 0; found = this.#scan()) {
      await this.#ended(found, signal);
    }
  }

  /** Waits for the end of each of these; what they started meanwhile is the next round's. */
  async #ended(found: readonly ListedProcess[], signal: AbortSignal): Promise<void> {
    for (const { pid, startTime } of found) {
      const held = holdingSystem.hold({ pid, startTime });
      try {
        await held?.whenEnded(signal);
      } finally {
        held?.close();
      }
    }
  }

  #signalGroup(leader: Leader, number: number): void {
    const failure = this.#table.sendToGroup(leader, number);
    if (failure === 0 || failure === ERRNO.ESRCH) return;
    throw new SystemError("kill", failure, `for process group ${leader.pid}`);
  }

  vacate(): boolean {
    return false;
  }

  async close(): Promise<void> {
    const refusal = await this.#kill();
    for (const { descriptor } of this.#leaders.values()) close(descriptor);
    for (const held of this.#adopted.values()) held.close();
    this.#leaders.clear();
    this.#adopted.clear();
    // Whom we may not kill, it may not either.
    await this.#guardian.dismiss();
    if (refusal !== undefined) throw refusal;
  }
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.startTime === other.startTime;
}

/** Sends a signal. @returns The error if it is not permitted. */
function permitted(send: () => void): SystemError | undefined {
  try {
    send();
    return undefined;
  } catch (error) {
    if (error instanceof SystemError && error.errno === ERRNO.EPERM) return error;
    throw error;
  }
}

function signalOne({ pid, startTime }: ProcessIdentity, number: number): void {
  const held = holdingSystem.hold({ pid, startTime });
  try {
    held?.signal(number);
  } finally {
    held?.close();
  }
}
