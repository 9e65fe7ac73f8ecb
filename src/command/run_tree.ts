// What a run may start is held together in one of two ways: in a tree of its own, which ends with the run, or in a
// group of the user's, which lives on, so that only the program itself is the run's to end.

import type { SpawnOptions } from "../child/options.ts";
import { askChild, type SharedChild } from "../child/shared_child.ts";
import type { ProcessGroup } from "../group/process_group.ts";
import { type Containment, containmentSystem } from "../group/system.ts";
import { checkSignal, type SignalName } from "../process/signals.ts";
import type { ProcessUsage } from "./runner.ts";
import { NEVER } from "../wait.ts";

/** Where a run's processes are. `child` is the run's own program, for trees that hold those of other runs as well. */
export interface RunTree {
  spawn(program: string, options: SpawnOptions): Promise<SharedChild>;
  /** Asks all that is the run's to end, by a signal; SIGKILL ends it. */
  ask(child: SharedChild, signal: SignalName): void;
  usage(child: SharedChild): ProcessUsage;
  /** Ends all that is the run's; no child: none was started. */
  close(child: SharedChild | undefined): Promise<void>;
}

/** A tree of its own. */
export class PrivateTree implements RunTree {
  readonly #containment: Containment;
  #closing: Promise<void> | undefined;
  #last: ProcessUsage | undefined;

  private constructor(containment: Containment) {
    this.#containment = containment;
  }

  /** @param used It may be one that was used before; `usage()` means nothing then. @throws {SystemError} */
  static async open(used = false): Promise<PrivateTree> {
    return new PrivateTree(await containmentSystem().openRun(used));
  }

  async spawn(program: string, options: SpawnOptions): Promise<SharedChild> {
    return await this.#containment.spawn(program, options);
  }

  ask(_child: SharedChild, signal: SignalName): void {
    if (this.#closing !== undefined) return;
    const number = checkSignal(signal);
    // If it fails, closing tells.
    if (signal === "SIGKILL") void this.#containment.kill().catch(() => {});
    // Its end is that of all members: closing is what limits it.
    else if (this.#containment.ask) void this.#containment.ask(number, NEVER).catch(() => {});
    else this.#containment.signal(number);
  }

  usage(): ProcessUsage {
    if (this.#closing === undefined) this.#last = this.#containment.stats();
    return this.#last ?? NOTHING;
  }

  async close(): Promise<void> {
    await (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    // Who has asked may ask again: what it came to, as long as the kernel still tells.
    if (this.#last !== undefined) this.#last = this.#containment.stats();
    if (!this.#containment.vacate()) await this.#containment.close();
  }
}

const NOTHING: ProcessUsage = { cpuTime: 0, peakMemory: 0 };

/** A group of the user's. */
export class UserTree implements RunTree {
  readonly #group: ProcessGroup;
  #last = NOTHING;

  constructor(group: ProcessGroup) {
    this.#group = group;
  }

  async spawn(program: string, options: SpawnOptions): Promise<SharedChild> {
    return await this.#group.spawn(program, options);
  }

  ask(child: SharedChild, signal: SignalName): void {
    askChild(child, signal);
  }

  usage(child: SharedChild): ProcessUsage {
    const info = this.#group.membersInfo().find(({ pid }) => pid === child.pid);
    if (info !== undefined && child.tryWait() === undefined) {
      const peakMemory = Math.max(this.#last.peakMemory, info.memory);
      this.#last = { cpuTime: info.cpuTime, peakMemory };
    }
    return this.#last;
  }

  async close(child: SharedChild | undefined): Promise<void> {
    if (child?.kill()) await child.wait();
  }
}

/**
 * A private tree for several programs: it ends with the last of them. A request is for one of them alone: what each has
 * started can't be told apart, and the others may have a grace.
 */
export class SharedTree implements RunTree {
  readonly #tree: RunTree;
  readonly #children = new Set<SharedChild>();

  constructor(tree: RunTree) {
    this.#tree = tree;
  }

  async spawn(program: string, options: SpawnOptions): Promise<SharedChild> {
    const child = await this.#tree.spawn(program, options);
    this.#children.add(child);
    return child;
  }

  ask(child: SharedChild, signal: SignalName): void {
    try {
      askChild(child, signal);
    } catch (error) {
      if (signal !== "SIGKILL") throw error;
      // Who may not be signalled (EPERM) is ended by a cgroup all the same. If it fails, closing tells.
      this.#tree.ask(child, signal);
    }
  }

  usage(child: SharedChild): ProcessUsage {
    return this.#tree.usage(child);
  }

  async close(child: SharedChild | undefined): Promise<void> {
    // None was started: then there is no pipeline.
    if (child === undefined) this.#children.clear();
    else this.#children.delete(child);
    if (child === undefined || this.#children.size === 0) return await this.#tree.close(child);
    try {
      if (child.kill()) await child.wait();
    } catch {
      await this.#tree.close(child);
    }
  }
}
