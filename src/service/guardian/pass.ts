// One look of a guardian at its service, when no client holds the pipe any more. It believes the kernel's count
// only. It runs as a process of its own, which has nothing else to do, so it may block.

import type { GuardianLease } from "../../counter/lease.ts";
import { isHeld } from "../../guardian/ends.ts";
import { removeFifo } from "../../guardian/dismiss.ts";
import { isAlive } from "../../process/alive.ts";
import { lockOf } from "../mechanism_posix.ts";
import { pause } from "../pause.ts";
import { finishService, reapStart } from "../start_posix.ts";
import {
  eraseRecord,
  pathsOf,
  readRecord,
  type ServicePaths,
  writeRecord,
} from "../record/store.ts";
import type { ServiceRecord } from "../record/record.ts";
import { stopByModule } from "./module.ts";
import { NEVER } from "../../wait.ts";

const LONGEST_SLEEP = 2 ** 31 - 1; // s, which every sleep(1) understands

/** What the shell does next. */
export type Verdict = "watch" | "done" | `linger ${number}`;

/** Decides what to do, and does it. */
export async function pass(name: string, directory: string, guardian: number): Promise<Verdict> {
  pause("pass:begun");
  const lock = lockOf(name, directory);
  const paths = pathsOf(directory, name);
  for (;;) {
    // With a record but without a kernel object (ipcrm), the object is made again: somebody must hold the lock.
    const lease = lock.seize(readRecord(paths.record).record !== undefined);
    if (lease === undefined) return "done";
    pause("pass:locked");
    const verdict = await decide(lease, paths, guardian);
    if (verdict !== undefined) return verdict;
  }
}

async function decide(
  lease: GuardianLease,
  paths: ServicePaths,
  guardian: number,
): Promise<Verdict | undefined> {
  let { record } = readRecord(paths.record);
  const official = record?.guardian;
  if (lease.count() > 0) {
    if (official?.pid !== guardian) return leave(lease, "done");
    if (isHeld(official)) return leave(lease, "watch");
    // Clients that another guardian watched until it was killed, or dead ones that the kernel is about to
    // count off: nothing will come through the pipe for them.
    lease.unlock();
    if (!lease.inherit()) return undefined;
    record = readRecord(paths.record).record;
  }
  if (record?.guardian && record.guardian.pid !== guardian && isAlive(record.guardian)) {
    return leave(lease, "done");
  }
  if (record?.state === "running" && record.linger > 0 && !record.idle) {
    writeRecord(paths, { ...record, idle: true });
    pause("pass:idle-written");
    return leave(lease, `linger ${Math.min(record.linger / 1000, LONGEST_SLEEP)}`);
  }
  if (record !== undefined) await end(record, paths);
  if (record?.guardian !== undefined) removeFifo(record.guardian);
  eraseRecord(paths);
  pause("pass:erased");
  lease.vacate();
  pause("pass:removed");
  return "done";
}

function leave(lease: GuardianLease, verdict: Verdict): Verdict {
  lease.unlock();
  return verdict;
}

/** Stops whatever the record tells of. */
async function end(record: ServiceRecord, paths: ServicePaths): Promise<void> {
  if (record.state === "starting" || record.state === "recovering") {
    await reapStart(paths, record, NEVER);
  }
  if (record.state === "starting" || record.state === "none") return;
  if (record.state === "running") {
    writeRecord(paths, { ...record, state: "stopping" });
    pause("pass:stopping-written");
    await stopByModule(record);
  }
  await finishService(record, NEVER);
  pause("pass:stopped");
}
