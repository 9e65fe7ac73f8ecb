import { UnsupportedError } from "../../ffi/errors.ts";
import type { HeldProcess } from "../process/system.ts";
import type { ChildOrder } from "../runtime/children/mod.ts";
import { runtime } from "../runtime/mod.ts";
import type { Attributes } from "./attributes.ts";
import { linux } from "./linux/system.ts";
import type { StatusWords } from "./status.ts";

/** A cgroup for a child. */
export interface CgroupPlacement {
  readonly directory: string;
  /** Whether it may be born inside, where the runtime can do that (clone3(2), CLONE_INTO_CGROUP). */
  readonly birth: boolean;
}

/** What must happen between a child's birth and its program. */
export interface Preparation {
  readonly attributes: Attributes;
  readonly umask: number | undefined;
  /** The cgroup to be in before the program runs. */
  readonly cgroup: CgroupPlacement | undefined;
}

/** An order that prepares the child by itself, or stops it at a gate where the parent does. */
export interface PreparedOrder {
  readonly order: ChildOrder;
  readonly gate: boolean;
}

/** What a system must offer for children. */
export interface ChildSystem {
  /** A kernel handle of a child that this turn started; undefined if it is already reaped. @throws {SystemError} */
  open(pid: number): number | undefined;
  /** A second handle, for a thread of its own. */
  duplicate(descriptor: number): number;
  /** The process behind a handle. */
  held(pid: number, descriptor: number): HeldProcess;
  /** How the child behind the handle ended, as long as nobody has reaped it. */
  peek(descriptor: number): StatusWords | undefined;
  /** Changes an order so that the child is prepared. @throws {UnsupportedError} */
  prepare(order: ChildOrder, preparation: Preparation): PreparedOrder;
  /** Prepares a child that stands at the gate, and lets it through. @throws {SystemError} */
  admit(pid: number, descriptor: number, preparation: Preparation): void;
}

/** This system's children. */
export function childSystem(): ChildSystem {
  if (runtime.platform === "linux") return linux;
  throw new UnsupportedError("Starting a child", runtime.platform);
}
