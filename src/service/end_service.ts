// The stop from outside: somebody comes in as a client that starts nothing, and as the last one leaves without
// lingering. So it goes through the same lock and the same steps as every other stop.

import { ProcrefError } from "../../ffi/errors.ts";
import { checkName, quote } from "../name.ts";
import { limit } from "../wait.ts";
import { acquire } from "./acquire.ts";
import { define } from "./definition.ts";
import { isRunning } from "./health.ts";
import { mechanism } from "./mechanism.ts";
import { pathsOf, readRecord } from "./record/store.ts";
import { stopByModule } from "./guardian/module.ts";
import { inspect } from "./status.ts";
import type { StopServiceOptions } from "./stop_service.ts";
import { serviceSystem } from "./system.ts";
import type { ServiceStatus } from "./types.ts";

class Absent extends Error {}

/** As `stopService()`. */
export async function endService(name: string, options: StopServiceOptions): Promise<boolean> {
  checkName(name, "service");
  using patience = limit(options, () => `the end of service ${quote(name)}`);
  const { signal } = patience;
  const path = serviceSystem.peekDirectory(options.directory);
  if (path === undefined) return false;
  const status = await inspect({ name, onHealthCheck: undefined }, path);
  const { record } = readRecord(pathsOf(path, name).record);
  if (record === undefined && status.count === 0) return false;
  if (status.count > 0) {
    if (!options.force) throw inUse(status);
    if (record === undefined || !isRunning(record)) return false;
    await mechanism.finish(record, signal);
    return true;
  }
  const definition = define(name, {
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    onFirstAcquire() {
      throw new Absent();
    },
    onHealthCheck: () => true,
    async onLastRelease() {
      if (record === undefined) return;
      await stopByModule(record);
      await mechanism.finish(record, signal);
    },
  });
  try {
    const stay = await acquire(definition, { signal });
    await stay.leave(false);
  } catch (error) {
    // It ended by itself; coming in has cleared away what was left of it.
    if (error instanceof Absent) return record !== undefined;
    throw error;
  }
  // Somebody came in meanwhile.
  const now = await inspect({ name, onHealthCheck: undefined }, path);
  if (now.count > 0) throw inUse(now);
  return true;
}

function inUse({ name, count, holders }: ServiceStatus): ProcrefError {
  const whom = holders.length === 0 ? "" : `: ${holders.map(({ pid }) => `pid ${pid}`).join(", ")}`;
  const clients = count === 1 ? "1 client" : `${count} clients`;
  return new ProcrefError("in_use", `Service ${quote(name)} has ${clients}${whom}`);
}
