// What no runtime can do for a child before its program runs, a one-line `sh` does, which then becomes the program
// by `exec`: same pid, same parent, same descriptors. It takes about as long again as the start itself, so it is
// there only when asked for.

import { ERRNO } from "../../ffi/errno.ts";
import { SystemError, UnsupportedError } from "../../ffi/errors.ts";
import { errno } from "../../ffi/libc.ts";
import { children } from "../../ffi/libc_children.ts";
import { POSIX, SIGINFO } from "../../ffi/numbers/mod.ts";
import { which } from "../process/which.ts";
import { type ChildOrder, runtimeChildren } from "../runtime/children/mod.ts";
import { hasAttributes } from "./attributes.ts";
import type { Preparation, PreparedOrder } from "./system.ts";

const { CLD_STOPPED, P_PID, WEXITED, WNOWAIT, WSTOPPED } = POSIX;

// The exit code of a launcher that could not join its cgroup, because that went in this very moment.
const NOT_JOINED = 125;

// $1: the cgroup.procs to join; $2: a umask; $3: stop at the gate. Each may be empty.
const SCRIPT = `[ -z "$1" ] || { echo 0 >"$1"; } 2>/dev/null || exit ${NOT_JOINED}
[ -z "$2" ] || umask "$2"
[ -z "$3" ] || kill -STOP $$
shift 3
exec "$@"`;

// `exec -a` is no part of POSIX; $4 is the program's own name here.
const SCRIPT_WITH_NAME = SCRIPT.replace("shift 3\nexec", 'name=$4\nshift 4\nexec -a "$name"');

/** Decides who puts the child where, and wraps it where a launcher is needed. */
export function prepare(order: ChildOrder, preparation: Preparation): PreparedOrder {
  const { attributes, umask, cgroup, suspended = false } = preparation;
  // The parent joins for a child of another user, who may not, and for one that it must set up first: in a frozen
  // cgroup nothing would reach the gate.
  const otherUser = order.uid !== undefined || order.gid !== undefined;
  const inside = cgroup !== undefined && runtimeChildren.startsInCgroup(order);
  const gate = suspended || hasAttributes(attributes) ||
    (cgroup !== undefined && otherUser && !inside);
  const born = inside && cgroup.birth && !gate;
  const joins = cgroup !== undefined && !born && !gate;
  const placed = born ? { ...order, cgroup: cgroup.directory } : order;
  if (!joins && !gate && umask === undefined) return { order: placed, gate };
  const words = [
    joins ? `${cgroup.directory}/cgroup.procs` : "",
    umask === undefined ? "" : umask.toString(8).padStart(4, "0"),
    gate ? "stop" : "",
  ];
  return { order: wrapped(placed, words), gate };
}

function wrapped(order: ChildOrder, words: readonly string[]): ChildOrder {
  const { path, args, argv0 } = order;
  if (argv0 === undefined) {
    const launcher = ["-c", SCRIPT, "procref-launcher", ...words, path, ...args];
    return { ...order, path: "/bin/sh", args: launcher };
  }
  const bash = which("bash", { path: "/bin:/usr/bin:/usr/local/bin" });
  if (bash === undefined) {
    throw new UnsupportedError(
      "argv0 together with what a launcher does (umask, priorities, limits, joining a cgroup)",
      "a host without bash, whose exec has -a",
    );
  }
  const launcher = ["-c", SCRIPT_WITH_NAME, "procref-launcher", ...words, argv0, path, ...args];
  return { ...order, path: bash, args: launcher, argv0: undefined };
}

/**
 * Waits until a launcher has stopped itself at the gate, which blocks for as long as a shell takes to start.
 *
 * @returns False if it was killed on its way there: its status tells.
 * @throws {SystemError}
 */
export function reachesGate(pid: number): boolean {
  const info = new Int32Array(SIGINFO.size / 4);
  for (;;) {
    // By pid, which nobody reaps in this turn: by a nonblocking pidfd it would not wait (EAGAIN).
    const result = children().waitid(P_PID, pid, info, WSTOPPED | WEXITED | WNOWAIT);
    if (result === 0) return info[SIGINFO.at.si_code / 4] === CLD_STOPPED;
    if (errno() !== ERRNO.EINTR) throw new SystemError("waitid", errno(), `for pid ${pid}`);
  }
}
