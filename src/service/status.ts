import { limit } from "../wait.ts";
import type { Definition } from "./definition.ts";
import { isHealthy, isRunning } from "./health.ts";
import { mechanism } from "./mechanism.ts";
import { stateOf } from "./record/progress.ts";
import type { ServiceRecord } from "./record/record.ts";
import { type Found, listRecords, pathsOf, peekRecord } from "./record/store.ts";
import type { ServiceStatus } from "./types.ts";

const PATIENCE = 1000; // ms

type Subject = Pick<Definition, "name" | "onHealthCheck">;

/** Looks at a service without touching it. */
export async function inspect(
  subject: Subject,
  directory: string | undefined,
): Promise<ServiceStatus> {
  const { name } = subject;
  if (directory === undefined) return { name, state: "absent", count: 0, holders: [] };
  const { lockOf, look, outlivesWatch } = mechanism;
  const count = lockOf(name, directory).count();
  const read = peekRecord(pathsOf(directory, name).record);
  const { watched, guardian, holders } = await look(name, directory, read.record);
  // What is left of a service that ended with its watch is no service.
  const found = read.record !== undefined && !watched && !outlivesWatch ? {} : read;
  const { record } = found;
  const problem = problemOf(found, count, watched || !outlivesWatch);
  return {
    name,
    state: record === undefined ? "absent" : stateOf(record),
    count,
    ...(record === undefined ? {} : await told(record, subject)),
    ...(guardian === undefined ? {} : { guardian }),
    holders,
    ...(problem === undefined ? {} : { problem }),
  };
}

async function told(
  record: ServiceRecord,
  subject: Subject,
): Promise<Pick<ServiceStatus, "info" | "generation" | "startedAt" | "healthy">> {
  const { info, generation, startedAt, state } = record;
  if (info === undefined || state === "starting") return {};
  const healthy = await answers(record, subject);
  return { info, generation, startedAt: new Date(startedAt), healthy };
}

/** A check that does not answer in time says no. */
async function answers(record: ServiceRecord, subject: Subject): Promise<boolean> {
  using patience = limit({ timeout: PATIENCE }, () => "the health check");
  try {
    return await isHealthy(subject, record, patience.signal);
  } catch {
    return false;
  }
}

function problemOf(found: Found, count: number, guarded: boolean): string | undefined {
  const { record, problem } = found;
  if (problem !== undefined) return problem;
  if (record?.state === "running" && !isRunning(record)) {
    return `The service's process, pid ${record.info?.pid}, is gone`;
  }
  if (count > 0 && !guarded) return "No guardian is on watch; the next acquire() makes one";
  if (record?.state === "running" && count === 0 && !guarded) {
    return "Nobody uses the service and no guardian is left to stop it; the next acquire() adopts it";
  }
  return undefined;
}

/** Looks at all services of a directory that have a record. */
export async function inspectAll(directory: string): Promise<ServiceStatus[]> {
  const { look, outlivesWatch } = mechanism;
  const statuses = listRecords(directory).map(async (record) => {
    const { name } = record;
    if (!outlivesWatch && !(await look(name, directory, record)).watched) return [];
    return [await inspect({ name, onHealthCheck: undefined }, directory)];
  });
  return (await Promise.all(statuses)).flat();
}
