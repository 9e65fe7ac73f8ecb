import { UnsupportedError } from "../../ffi/errors.ts";
import type { HeldProcess } from "../process/held.ts";
import type { ChildOrder, RuntimeChild } from "../runtime/children/mod.ts";
import { runtime } from "../runtime/mod.ts";
import type { Attributes } from "./attributes.ts";
import { linux } from "./linux/system.ts";
import type { SpawnOptions } from "./options.ts";
import type { StatusWords } from "./status.ts";

// Another system's way is loaded only there.
const darwin = runtime.platform === "darwin"
  ? (await import("./darwin/system.ts")).darwin
  : undefined;
const windows = runtime.platform === "windows"
  ? (await import("./windows/system.ts")).windows
  : undefined;

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
  /** Windows: the job object to be in before the program runs. */
  readonly job?: number | undefined;
  /** Stands still from the beginning, and is not let go. */
  readonly suspended?: boolean | undefined;
  /** Windows: more flags of CreateProcessW. */
  readonly flags?: number | undefined;
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
  /** The handle that a child was born with, where the system gives one. */
  handleOf?(child: RuntimeChild): number | undefined;
  /** A second handle, for a thread of its own. */
  duplicate(descriptor: number): number;
  /** The process behind a handle. */
  held(pid: number, descriptor: number): HeldProcess;
  /** True if a handle still tells how a child ended after the runtime has reaped it. */
  readonly remembersEnd: boolean;
  /** How the child behind the handle ended, as long as nobody has reaped it. */
  peek(pid: number, descriptor: number): StatusWords | undefined;
  /** Starts the program. @throws {unknown} The runtime's own error, or ours. */
  spawn(order: ChildOrder, preparation: Preparation): RuntimeChild;
  /** Changes an order so that the child is prepared. @throws {UnsupportedError} */
  prepare(order: ChildOrder, preparation: Preparation): PreparedOrder;
  /** Prepares a child that stands at the gate, and lets it through. @throws {SystemError} */
  admit(pid: number, descriptor: number, preparation: Preparation): void;
  /**
   * The program's absolute path.
   *
   * @throws {ProcrefError} `not_found`: neither it nor its interpreter is there; the message says where it was searched.
   * @throws {PermissionError} It is a directory, or not executable.
   * @throws {TypeError} It is no name, or no file URL.
   */
  findProgram(program: string | URL, options: SpawnOptions, cwd?: string): string;
  /** The same, but whether it can be run may be left to the start, and to `checkProgram` if that fails. */
  namedProgram(program: string | URL, options: SpawnOptions, cwd?: string): string;
  /**
   * The working directory, checked.
   *
   * @throws {ProcrefError} `not_found`: it is not there, or no directory.
   * @throws {PermissionError} It may not be entered.
   */
  checkDirectory(cwd: string | URL): string;
  /** Tells why the program at a path can't be run, as far as one can see. @throws What `findProgram` does. */
  checkProgram(path: string): void;
}

/** This system's children. */
export function childSystem(): ChildSystem {
  if (runtime.platform === "linux") return linux;
  if (windows !== undefined) return windows;
  if (darwin !== undefined) return darwin;
  throw new UnsupportedError("Starting a child", runtime.platform);
}
