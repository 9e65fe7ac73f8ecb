// What outlives the last client of a service that lingers, that has a module to stop it, or that is to be asked to stop
// whatever becomes of its clients. It has a handle of the service's job, so that the kernel ends nothing yet; it waits for
// the end of the clients, takes the start-up lock, and does what a guardian's pass does elsewhere (../../guardian/pass.ts).
// If it is killed, the job ends the service.

import { Place } from "../../../counter/handle/place.ts";
import { HandleServiceLock } from "../../../counter/handle/service_lock.ts";
import type { Lease } from "../../../counter/lease.ts";
import { Job } from "../../../object/job.ts";
import { runtime } from "../../../runtime/mod.ts";
import { NEVER, sleep } from "../../../wait.ts";
import { stopByModule } from "../../guardian/module.ts";
import { windows } from "../../mechanism_windows.ts";
import { pause } from "../../pause.ts";
import type { ServiceRecord } from "../../record/record.ts";
import {
  eraseRecord,
  pathsOf,
  readRecord,
  type ServicePaths,
  writeRecord,
} from "../../record/store.ts";
import { whereOf } from "../watch.ts";

/** A service, and the job that its keeper holds. */
export interface Charge {
  readonly name: string;
  readonly directory: string;
  readonly job: string;
}

type Verdict = "watch" | "done" | { readonly linger: number };

/** Watches over a service until nothing is left of it. `ready` is called when it does. */
export async function keep({ name, directory, job }: Charge, ready: () => void): Promise<void> {
  const held = Job.open(whereOf(name, job));
  if (held === undefined) return;
  const lock = new HandleServiceLock(new Place("service", name, directory));
  const paths = pathsOf(directory, name);
  ready();
  for (;;) {
    const verdict = await decide(await lock.inherit(), paths, job);
    if (verdict === "done") return held.close();
    if (verdict !== "watch") await lingered(verdict.linger);
  }
}

/** One timer does not last for ever. */
async function lingered(linger: number): Promise<void> {
  do await sleep(linger); while (linger === Infinity);
}

async function decide(lease: Lease, paths: ServicePaths, job: string): Promise<Verdict> {
  try {
    pause("pass:locked");
    const { record } = readRecord(paths.record);
    // Removed with the service; or a successor's.
    if (record?.job !== job || record.guardian?.pid !== runtime.pid) return "done";
    if (lease.count() > 0) return "watch";
    if (record.state === "running" && record.linger > 0 && !record.idle) {
      writeRecord(paths, { ...record, idle: true });
      pause("pass:idle-written");
      return { linger: record.linger };
    }
    await end(record, paths);
    eraseRecord(paths);
    pause("pass:erased");
    return "done";
  } finally {
    lease.unlock();
  }
}

/** Stops whatever the record tells of. */
async function end(record: ServiceRecord, paths: ServicePaths): Promise<void> {
  if (record.state === "starting" || record.state === "recovering") {
    await windows.reapStart(paths, record, NEVER);
  }
  if (record.state === "starting" || record.state === "none") return;
  if (record.state === "running") {
    writeRecord(paths, { ...record, state: "stopping" });
    pause("pass:stopping-written");
    await stopByModule(record);
  }
  await windows.finish(record, NEVER);
  pause("pass:stopped");
}
