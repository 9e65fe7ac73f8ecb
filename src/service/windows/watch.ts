// The job object of a service (src/object/job.ts). Each has a name of its own, which stands in the record: one that is
// ending cannot be taken for its successor. All generations of a service live in the same one, because the clients that
// were there before a recovery hold that one and no other.

import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { Place } from "../../counter/handle/place.ts";
import { quote } from "../../name.ts";
import { Job } from "../../object/job.ts";
import { handleCount, ownPrefix, type Where } from "../../object/named.ts";
import { once } from "../../once.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { checkSignal } from "../../process/signals.ts";
import {
  exitCodeFor,
  openProcess,
  ownPid,
  PROCESS_RIGHTS,
  timesOf,
} from "../../process/windows.ts";
import { kill, waitForExit } from "../../process/process.ts";
import { isAlive } from "../../process/alive.ts";
import type { Definition } from "../definition.ts";
import type { Watch } from "../mechanism.ts";
import type { ServiceRecord } from "../record/record.ts";
import { stopMembers } from "./members.ts";
import { NEVER } from "../../wait.ts";

const keeping = once(() => import("./keeper/make.ts"));

/** Makes the job of a service, and holds it. @throws {SystemError} */
export function watch(definition: Definition, directory: string): Watch {
  const { name } = definition;
  const where = new Place("service", name, directory).part(`job-${crypto.randomUUID()}`);
  return hold(Job.create(where), where.name, definition, undefined);
}

/** Holds the recorded job; undefined when nobody did, so that its members have ended. */
export function attach(record: ServiceRecord, definition: Definition): Watch | undefined {
  const { name, job, guardian } = record;
  const found = openHeld(name, job);
  if (found === undefined || job === undefined) return undefined;
  return hold(found, job, definition, guardian);
}

/** True if somebody has to be there when the last client is gone. */
function isToBeKept({ linger, module, asks }: Definition): boolean {
  return linger > 0 || module !== undefined || asks;
}

function hold(
  job: Job,
  name: string,
  definition: Definition,
  keeper: ServiceRecord["guardian"],
): Watch {
  return {
    address: { guardian: keeper, job: name },
    // If there ever was a keeper, somebody relies on it.
    isAlive: ({ job, guardian }) =>
      guardian === undefined ? !isToBeKept(definition) : job === name && isAlive(guardian),
    async renew(definition, paths) {
      const { makeKeeper } = await keeping();
      const { pid, startTime } = await makeKeeper(definition, paths, name);
      const own = open(definition.name, name);
      if (own === undefined) throw new Error("The job that this client holds is gone");
      return hold(own, name, definition, { pid, startTime, inode: "" });
    },
    detach: () => job.close(),
    async dismiss() {
      try {
        await job.end(exitCodeFor(checkSignal("SIGKILL")), NEVER);
      } finally {
        job.close();
        if (keeper !== undefined && kill(keeper)) await waitForExit(keeper);
      }
    },
  };
}

/** Where the job of a service is. */
export function whereOf(service: string, job: string): Where {
  return { name: job, subject: `for service ${quote(service)}` };
}

const LONGEST = 2048;

/** The job of that name. What stands in a record may be anything; what is no name of ours is nobody's. */
function open(service: string, job: string | undefined): Job | undefined {
  if (job === undefined || job.length > LONGEST || job.includes("\\")) return undefined;
  return job.startsWith(ownPrefix()) ? Job.open(whereOf(service, job)) : undefined;
}

/** As `open`, unless nobody else has it open: its name may stay for as long as its last members take to end. */
function openHeld(service: string, job: string | undefined): Job | undefined {
  const found = open(service, job);
  if (found === undefined || handleCount(found.handle) > 1) return found;
  found.close();
  return undefined;
}

/** True while somebody holds the recorded job. */
export function isThere({ name, job }: ServiceRecord): boolean {
  const found = openHeld(name, job);
  found?.close();
  return found !== undefined;
}

/** Ends everybody in the recorded job by the recorded policy. @throws The signal's reason. */
export async function endMembers(
  { name, job, stop }: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  const found = open(name, job);
  try {
    if (found !== undefined) await stopMembers(found, stop, signal);
  } finally {
    found?.close();
  }
}

/**
 * Takes a process into the recorded job, unless it is this one, which would end with the service. Whoever is inside
 * already is what it replaces.
 *
 * @throws {ProcrefError} `"start_failed"`: it is gone, or the kernel refuses it.
 */
export async function enlist(record: ServiceRecord, process: ProcessIdentity): Promise<void> {
  const { pid, startTime } = process;
  if (pid === ownPid()) return;
  const job = open(record.name, record.job);
  if (job === undefined) throw new Error("The job that this client holds is gone");
  const rights = PROCESS_RIGHTS.queryLimited | PROCESS_RIGHTS.setQuota | PROCESS_RIGHTS.terminate;
  let handle: number | undefined;
  try {
    if (job.members().includes(pid)) return;
    handle = openProcess(pid, rights);
    if (handle === undefined || String(timesOf(handle).created) !== startTime) {
      throw new ProcrefError("start_failed", `The process of the service, pid ${pid}, is gone`);
    }
    await stopMembers(job, record.stop, NEVER);
    job.assign(handle, pid);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    throw new ProcrefError(
      "start_failed",
      `Pid ${pid} of service ${quote(record.name)} can't be put into the job that ends it with ` +
        `its last client: ${error.message}`,
      { cause: error },
    );
  } finally {
    if (handle !== undefined) closeHandle(handle);
    job.close();
  }
}
