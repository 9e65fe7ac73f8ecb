// Ending processes of a service by identity: never one that merely has the same pid by now.

import { TimeoutError } from "../../ffi/errors.ts";
import { kill, stop, waitForExit } from "../process/process.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { runtime } from "../runtime/mod.ts";
import type { ServiceRecord } from "./record/record.ts";

/** The recorded process, unless it is this one: a service that lives in a client's process ends with it. */
function serviceProcess(record: ServiceRecord): ProcessIdentity | undefined {
  const pid = record.info?.pid;
  if (pid === undefined || pid === runtime.pid) return undefined;
  return { pid, startTime: record.startTime };
}

/** Stops processes by the record's policy, all at once. */
export async function stopAll(
  targets: readonly ProcessIdentity[],
  record: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  const { timeout, signal: request } = record.stop;
  await Promise.all(targets.map((target) => stop(target, { timeout, request, signal })));
}

/** Ends the recorded process, and nothing else, by the recorded policy. */
export async function stopProcess(record: ServiceRecord, signal: AbortSignal): Promise<void> {
  const process = serviceProcess(record);
  if (process !== undefined) await stopAll([process], record, signal);
}

/** After the service's own `onLastRelease`: waits for the end of its process, and forces it when time is up. */
export async function awaitStopped(record: ServiceRecord): Promise<void> {
  const process = serviceProcess(record);
  if (process === undefined) return;
  try {
    await waitForExit(process, { timeout: record.stop.timeout });
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    kill(process);
    await waitForExit(process);
  }
}
