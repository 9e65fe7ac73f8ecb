// Ending what a service consists of, by identity: never a process that merely has the same pid by now.

import { processes } from "../../ffi/libc.ts";
import { kill, stop, waitForExit } from "../process/process.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import { TimeoutError } from "../../ffi/errors.ts";
import { remove } from "../file/posix.ts";
import type { ServicePaths } from "./record/store.ts";
import type { ServiceRecord } from "./record/record.ts";
import { carriersOf, TokenFile } from "./token.ts";

/** The recorded process, unless it is this one: a service that lives in a client's process ends with it. */
function serviceProcess(record: ServiceRecord): ProcessIdentity | undefined {
  const pid = record.info?.pid;
  if (pid === undefined || pid === processes().getpid()) return undefined;
  return { pid, startTime: record.startTime };
}

/** Stops processes by the record's policy, all at once. */
async function stopAll(
  targets: readonly ProcessIdentity[],
  record: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  const { timeout, signal: request } = record.stop;
  await Promise.all(targets.map((target) => stop(target, { timeout, request, signal })));
}

/** Stops everything that carries a token, and what that launches meanwhile. */
async function stopCarriers(
  token: string,
  record: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  if (token === "") return;
  // Two looks in a row: one may fall into the instant in which a process has no environment to show.
  for (let looks = 0; looks < 2; looks++) {
    const carriers = carriersOf(token);
    if (carriers.length === 0) continue;
    await stopAll(carriers, record, signal);
    looks = -1;
  }
}

/**
 * Stops what an unfinished start launched. First no child of the starter may be between fork and exec; then the
 * launcher's own note of its pid is believed before the token, which a program may overwrite. The note goes last: if
 * this is cut off, whoever tries again needs it.
 *
 * @throws The signal's reason, when it fires meanwhile.
 */
export async function reapStart(
  paths: ServicePaths,
  record: ServiceRecord,
  signal: AbortSignal,
): Promise<void> {
  using file = await TokenFile.lock(paths.token, signal);
  const launched = file.launched();
  if (launched !== undefined) await stopAll([launched], record, signal);
  await stopCarriers(record.token, record, signal);
  remove(paths.token);
}

/** Ends the recorded process by the recorded policy and waits for it; then what else belongs to the service. */
export async function finishService(record: ServiceRecord, signal: AbortSignal): Promise<void> {
  const process = serviceProcess(record);
  if (process !== undefined) await stopAll([process], record, signal);
  if (record.exclusive) await stopCarriers(record.previous || record.token, record, signal);
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
