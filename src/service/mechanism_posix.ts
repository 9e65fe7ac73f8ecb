// A guardian, which is a process, ends the service; what a start launched is found by its token (start_posix.ts).

import { UnsupportedError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import type { GuardedLock } from "../counter/lease.ts";
import { placeOf } from "../counter/sysv/place.ts";
import { SysvServiceLock } from "../counter/sysv/service_lock.ts";
import { attach, detach, type GuardianHold } from "../guardian/pipe.ts";
import { once } from "../once.ts";
import { isAlive } from "../process/alive.ts";
import { checkModule } from "./guardian/check_module.ts";
import { stopping } from "./later.ts";
import type { Mechanism, Watch } from "./mechanism.ts";

// A client of a running service needs none of these.
const starting = /* @__PURE__ */ once(() => import("./start_posix.ts"));
const watching = /* @__PURE__ */ once(() => import("./guardian/make.ts"));
const dismissing = /* @__PURE__ */ once(() => import("../guardian/dismiss.ts"));
const seeing = /* @__PURE__ */ once(() => import("./holders.ts"));

/** Services on Linux and macOS. */
export const posix: Mechanism = {
  outlivesWatch: true,
  lockOf,

  check({ module, backend = "sysv" }) {
    if (backend !== "sysv") {
      throw new UnsupportedError(`Sharing a service by ${backend}`, platform);
    }
    if (module !== undefined) checkModule(module);
  },

  async watch(definition, paths) {
    const { chargeOf, makeGuardian } = await watching();
    return watchOf(await makeGuardian(chargeOf(definition, paths)));
  },

  attach({ guardian }) {
    const hold = guardian && attach(guardian);
    return hold && watchOf(hold);
  },

  // Alive, but not to be attached to: it sleeps for a service that lingers.
  async supersede({ guardian }) {
    if (guardian !== undefined) await (await dismissing()).endLingering(guardian);
  },

  async look(_name, _directory, record) {
    const guardian = record?.guardian;
    if (guardian === undefined || !isAlive(guardian)) return { watched: false, holders: [] };
    const { pid, startTime } = guardian;
    const { holdersOf } = await seeing();
    return { watched: true, guardian: { pid, startTime }, holders: holdersOf(guardian) };
  },

  launch: async (paths, _record, signal) => await (await starting()).launch(paths, signal),
  reapStart: async (paths, record, signal) =>
    await (await starting()).reapStart(paths, record, signal),
  finish: async (record, signal) => await (await starting()).finishService(record, signal),
  awaitStopped: async (record) => await (await stopping()).awaitStopped(record),
};

/** The lock and count of a service. */
export function lockOf(name: string, directory: string): GuardedLock {
  return new SysvServiceLock(placeOf("service", name, directory));
}

function watchOf(hold: GuardianHold): Watch {
  return {
    address: { guardian: hold.address, job: undefined },
    isAlive: () => isAlive(hold.address),
    renew: (definition, paths) => posix.watch(definition, paths),
    detach: () => detach(hold),
    dismiss: async () => await (await dismissing()).dismiss(hold),
  };
}
