// A process that joins a cgroup waits until every CPU has been through the scheduler: 5 to 20 ms, unless somebody has
// joined one in the last ten (percpu_down_write() of cgroup_threadgroup_rwsem in kernel/cgroup/cgroup.c, and rcu_sync).
// Where the child joins while this thread stands still for it, the wait is spent on another thread before: this process
// joins the cgroup that it is in already.

import { writeElsewhere } from "../../../ffi/libc_birth.ts";
import { close, OPEN, readText, tryOpen } from "../../file/posix.ts";
import { runtimeChildren } from "../../runtime/children/mod.ts";
import { runtime } from "../../runtime/mod.ts";
import { locate, sources } from "./locate.ts";

const FRESH = 5; // ms
const OURSELVES = new TextEncoder().encode("0");
const MEMBERSHIP = "/proc/self/cgroup";

/** Our cgroup when it was looked for. */
interface Own {
  readonly membership: string | undefined;
  readonly directory: string | undefined;
}

let own: Own | undefined;
let lastTime = -Infinity;
let waiting: Promise<void> | undefined;

/** Resolves when a child of ours can join a cgroup without holding us up. */
export async function prepareToJoin(): Promise<void> {
  await runtimeChildren.prepareCgroups?.();
  if (runtimeChildren.entersCgroup() !== "after birth") return;
  if (performance.now() - lastTime > FRESH) {
    await (waiting ??= rejoin().finally(() => waiting = undefined));
  }
  // A join is about to come.
  lastTime = performance.now();
}

async function rejoin(): Promise<void> {
  const membership = readText(MEMBERSHIP);
  if (own === undefined || own.membership !== membership) own = { membership, directory: find() };
  if (own.directory === undefined) return;
  const procs = tryOpen(`${own.directory}/cgroup.procs`, OPEN.writeOnly);
  // Who may not write there waits when it comes to it.
  if (procs === -1) return;
  try {
    await writeElsewhere()(procs, OURSELVES, OURSELVES.length);
  } finally {
    close(procs);
  }
}

function find(): string | undefined {
  const place = locate(sources(runtime.pid));
  return typeof place === "string" ? undefined : place.directory;
}
