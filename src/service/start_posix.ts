// What a start launches carries its one-time token, and a launcher notes who it is: so it is found, whatever becomes of
// the starter.

import { remove } from "../file/posix.ts";
import type { Launch } from "./mechanism.ts";
import type { ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";
import { stopAll, stopProcess } from "./stopping.ts";
import { carriersOf, TokenFile } from "./token.ts";

/** Prepares a start. @throws The signal's reason. */
export async function launch(paths: ServicePaths, signal: AbortSignal): Promise<Launch> {
  // An earlier start's note: what that one launched is stopped by now, or recorded.
  remove(paths.token);
  const file = await TokenFile.lock(paths.token, signal);
  return {
    tokenDescriptor: file.descriptor,
    enlist: () => Promise.resolve(),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
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
  await stopProcess(record, signal);
  if (record.exclusive) await stopCarriers(record.previous || record.token, record, signal);
}
