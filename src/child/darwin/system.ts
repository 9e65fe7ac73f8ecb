// A kqueue(2) attached in the turn that started the child: the runtime reaps in a later turn, so the pid can't have gone to
// another process. It is readable from the child's end on. How the child ended is asked by pid, as long as it is a zombie
// and our child: another one of ours would have to get the number, and end, before the runtime has told of the first.

import { UnsupportedError } from "../../../ffi/errors.ts";
import { checked, files } from "../../../ffi/libc.ts";
import { children } from "../../../ffi/libc_children.ts";
import { DARWIN } from "../../../ffi/numbers/darwin.ts";
import { polled } from "../../file/descriptors.ts";
import { HeldByKqueue, openQueue, statusOfZombie } from "../../process/darwin.ts";
import { type ChildOrder, runtimeChildren } from "../../runtime/children/mod.ts";
import { prepare, reachesGate } from "../launcher.ts";
import { checkDirectory, checkProgram, findProgram, namedProgram } from "../program.ts";
import type { StatusWords } from "../status.ts";
import type { ChildSystem, Preparation, PreparedOrder } from "../system.ts";

const { F_DUPFD_CLOEXEC, POLLIN, PRIO_PROCESS, SIGCONT } = DARWIN;
const SIGNAL = 0x7f; // of what wait(2) tells; 0: it exited
const CODE = 8; // the bits before it

function peek(pid: number, queue: number): StatusWords | undefined {
  if (polled(queue, POLLIN) === 0) return undefined;
  const status = statusOfZombie(pid);
  if (status === undefined) return undefined;
  const signal = status & SIGNAL;
  return signal === 0 ? [status >> CODE, 0] : [-1, signal];
}

/** Refuses what macOS lets a process do to itself only. */
function prepareHere(order: ChildOrder, preparation: Preparation): PreparedOrder {
  const { ioPriority, affinity, rlimits } = preparation.attributes;
  for (const [name, value] of Object.entries({ ioPriority, affinity, rlimits })) {
    if (value !== undefined) throw new UnsupportedError(`The option ${name}`, "darwin");
  }
  return prepare(order, preparation);
}

function admit(pid: number, queue: number, { attributes, suspended }: Preparation): void {
  if (!reachesGate(pid)) return;
  const { priority } = attributes;
  if (priority !== undefined) {
    checked(children().setpriority(PRIO_PROCESS, pid, priority), "setpriority", `for pid ${pid}`);
  }
  if (suspended !== true) new HeldByKqueue(pid, queue).signal(SIGCONT);
}

/** macOS. */
export const darwin: ChildSystem = {
  open: openQueue,
  duplicate: (queue) => checked(files().fcntl(queue, F_DUPFD_CLOEXEC, 0), "fcntl"),
  held: (pid, queue) => new HeldByKqueue(pid, queue),
  remembersEnd: false,
  peek,
  spawn: (order) => runtimeChildren.spawn(order),
  prepare: prepareHere,
  admit,
  findProgram,
  namedProgram,
  checkDirectory,
  checkProgram,
};
