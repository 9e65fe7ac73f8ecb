// A job object ends the service: every client has a handle of it, and the kernel ends its members with the last one. No
// process has to watch, unless the service is to linger, to be stopped by its module or to be asked after a crash as well:
// then a keeper has one, too.

import { UnsupportedError } from "../../ffi/errors.ts";
import { Place } from "../counter/handle/place.ts";
import { holdersOf } from "../counter/handle/references.ts";
import { HandleServiceLock } from "../counter/handle/service_lock.ts";
import { remove } from "../file/windows.ts";
import type { Mechanism } from "./mechanism.ts";
import { isAlive } from "../process/alive.ts";
import type { ServiceRecord } from "./record/record.ts";
import { awaitStopped, stopAll, stopProcess } from "./stopping.ts";
import { carriersOf } from "./windows/carriers.ts";
import { checkModule } from "./windows/keeper/module.ts";
import { attach, endMembers, enlist, isThere, watch } from "./windows/watch.ts";
import { NEVER } from "../wait.ts";

/** Services on Windows. */
export const windows: Mechanism = {
  outlivesWatch: false,

  lockOf: (name, directory) => new HandleServiceLock(new Place("service", name, directory)),

  check({ module, backend = "handle" }) {
    if (backend !== "handle") {
      throw new UnsupportedError(`Sharing a service by ${backend}`, "windows");
    }
    if (module !== undefined) checkModule(module);
  },

  watch: (definition, paths) => Promise.resolve(watch(definition, paths.directory)),
  attach,
  supersede: () => Promise.resolve(),

  look(name, directory, record) {
    const holders = holdersOf(new Place("service", name, directory));
    const keeper = record?.guardian;
    const guardian = keeper && isAlive(keeper)
      ? { guardian: { pid: keeper.pid, startTime: keeper.startTime } }
      : {};
    const watched = record !== undefined && isThere(record);
    return Promise.resolve({ watched, ...guardian, holders });
  },

  launch: (_paths, record) =>
    Promise.resolve({
      job: record.job,
      enlist: (process) => enlist(record, process),
      [Symbol.dispose]() {},
    }),

  async reapStart(paths, record, signal) {
    await endMembers(record, signal);
    await stopCarriers(record, signal);
    // The main process of a service that ended with its watch may be in its last moment.
    await stopProcess(record, signal);
    // What an earlier start has printed is no word of the next one.
    remove(paths.log);
  },

  async finish(record, signal) {
    await endMembers(record, signal);
    // One that lives in another client's process is no member.
    await stopProcess(record, signal);
  },

  async awaitStopped(record) {
    await awaitStopped(record);
    await endMembers(record, NEVER);
  },
};

/** Stops everything that carries the start's token, and what that launches meanwhile. */
async function stopCarriers(record: ServiceRecord, signal: AbortSignal): Promise<void> {
  if (record.token === "") return;
  for (;;) {
    const carriers = carriersOf(record.token);
    if (carriers.length === 0) return;
    await stopAll(carriers, record, signal);
  }
}
