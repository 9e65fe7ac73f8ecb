// A guardian, which is a process, ends the service; what a start launched is found by its token.

import { UnsupportedError } from "../../ffi/errors.ts";
import type { GuardedLock } from "../counter/lease.ts";
import { placeOf } from "../counter/sysv/place.ts";
import { SysvServiceLock } from "../counter/sysv/service_lock.ts";
import { remove } from "../file/posix.ts";
import { attach, detach, dismiss, endLingering, type GuardianHold } from "../guardian/pipe.ts";
import { isAlive } from "../process/process.ts";
import { runtime } from "../runtime/mod.ts";
import { chargeOf, checkModule, makeGuardian } from "./guardian/make.ts";
import { holdersOf } from "./holders.ts";
import type { Mechanism, Watch } from "./mechanism.ts";
import type { ServiceRecord } from "./record/record.ts";
import type { ServicePaths } from "./record/store.ts";
import { awaitStopped, stopAll, stopProcess } from "./stopping.ts";
import { carriersOf, TokenFile } from "./token.ts";

/** Services on Linux and macOS. */
export const posix: Mechanism = {
  outlivesWatch: true,
  lockOf,

  check({ module, backend = "sysv" }) {
    if (backend !== "sysv") {
      throw new UnsupportedError(`Sharing a service by ${backend}`, runtime.platform);
    }
    if (module !== undefined) checkModule(module);
  },

  watch: async (definition, paths) => watchOf(await makeGuardian(chargeOf(definition, paths))),

  attach({ guardian }) {
    const hold = guardian && attach(guardian);
    return hold && watchOf(hold);
  },

  // Alive, but not to be attached to: it sleeps for a service that lingers.
  async supersede({ guardian }) {
    if (guardian !== undefined) await endLingering(guardian);
  },

  look(_name, _directory, record) {
    const guardian = record?.guardian;
    if (guardian === undefined || !isAlive(guardian)) return { watched: false, holders: [] };
    const { pid, startTime } = guardian;
    return { watched: true, guardian: { pid, startTime }, holders: holdersOf(guardian) };
  },

  async launch(paths, _record, signal) {
    // An earlier start's note: what that one launched is stopped by now, or recorded.
    remove(paths.token);
    const file = await TokenFile.lock(paths.token, signal);
    return {
      tokenDescriptor: file.descriptor,
      enlist: () => Promise.resolve(),
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  },

  reapStart,
  finish: finishService,
  awaitStopped,
};

/** The lock and count of a service. */
export function lockOf(name: string, directory: string): GuardedLock {
  return new SysvServiceLock(placeOf("service", name, directory));
}

function watchOf(hold: GuardianHold): Watch {
  return {
    address: { guardian: hold.address, job: undefined },
    isAlive: () => isAlive(hold.address),
    detach: () => detach(hold),
    dismiss: () => dismiss(hold),
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
