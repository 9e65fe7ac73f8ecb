import type { ChildOrder, RuntimeChild } from "../runtime/children/mod.ts";
import { ProcrefError } from "../../ffi/errors.ts";
import { processes } from "../../ffi/libc.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { startFailure } from "./failure.ts";
import { checkSpawnOptions, type JoinableOptions } from "./options.ts";
import { type CgroupPlacement, childSystem, type Preparation } from "./system.ts";

const { SIGKILL } = POSIX;

/** Where a group puts its child. */
export interface Placement {
  readonly cgroup?: CgroupPlacement;
  /** Windows: the job object to be born into. */
  readonly job?: number;
  /** Stands still from the beginning; where it is not Windows, until a SIGCONT. */
  readonly suspended?: boolean;
  /** The leader of a session and process group of its own. */
  readonly ownSession?: boolean;
  /** Variables by which the group knows its own. */
  readonly marks?: Readonly<Record<string, string>>;
  /** A program that procref runs for itself: nobody is asked for the right to run it. */
  readonly unasked?: boolean;
}

/** A child of this turn, with its kernel handle. */
export interface Launched {
  readonly child: RuntimeChild;
  /** Undefined: it has been reaped already. */
  readonly handle: number | undefined;
}

/** Checks, finds, starts, holds: all in one turn, so that the pid cannot change hands. */
export function launchChild(
  program: string | URL,
  options: JoinableOptions = {},
  placement: Placement = {},
): Launched {
  checkSpawnOptions(options);
  const system = childSystem();
  const cwd = options.cwd === undefined ? undefined : system.checkDirectory(options.cwd);
  const path = system.namedProgram(program, options, cwd);
  const { priority, ioPriority, affinity, rlimits, umask } = options;
  const preparation: Preparation = {
    attributes: { priority, ioPriority, affinity, rlimits },
    umask,
    cgroup: placement.cgroup,
    job: placement.job,
    suspended: placement.suspended,
  };
  const prepared = system.prepare(orderOf(path, cwd, options, placement), preparation);
  // A launcher could only fail late.
  if (prepared.order.path !== path) system.checkProgram(path);
  const child = start(prepared.order, preparation, path);
  child.unref();
  const handle = handleOf(child);
  if (prepared.gate && handle !== undefined) admit(child, handle, preparation, path);
  return { child, handle };
}

function orderOf(
  path: string,
  cwd: string | undefined,
  options: JoinableOptions,
  placement: Placement,
): ChildOrder {
  return {
    path,
    cwd,
    args: options.args ?? [],
    argv0: options.argv0,
    env: { ...options.env, ...placement.marks },
    clearEnv: options.clearEnv ?? false,
    stdin: options.stdin ?? "inherit",
    stdout: options.stdout ?? "inherit",
    stderr: options.stderr ?? "inherit",
    joined: options.joined ?? false,
    uid: options.uid,
    gid: options.gid,
    newSession: (options.newSession ?? false) || (placement.ownSession ?? false),
    windowsHide: options.windowsHide ?? false,
    cgroup: undefined,
    unasked: placement.unasked ?? false,
  };
}

function start(order: ChildOrder, preparation: Preparation, path: string): RuntimeChild {
  let child: RuntimeChild;
  try {
    child = childSystem().spawn(order, preparation);
  } catch (error) {
    childSystem().checkProgram(path);
    throw startFailure(error, path);
  }
  // node:child_process reports a failed start later; there is no pid then.
  if (child.pid > 0) return child;
  childSystem().checkProgram(path);
  throw new ProcrefError("start_failed", `${path} cannot be started`);
}

/** A child that nobody could hold must not go on. @throws {SystemError} */
function handleOf(child: RuntimeChild): number | undefined {
  const system = childSystem();
  try {
    return system.handleOf?.(child) ?? system.open(child.pid);
  } catch (error) {
    // In the turn of its start nobody has reaped it: the pid is still its own.
    processes().kill(child.pid, SIGKILL);
    throw error;
  }
}

/** A child that cannot be prepared must not run its program. */
function admit(child: RuntimeChild, handle: number, preparation: Preparation, path: string): void {
  try {
    childSystem().admit(child.pid, handle, preparation);
  } catch (error) {
    const held = childSystem().held(child.pid, handle);
    held.signal(SIGKILL);
    held.close();
    throw startFailure(error, path);
  }
}
