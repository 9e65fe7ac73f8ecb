import { isAlive } from "../process/alive.ts";
import { unlessAborted } from "../wait.ts";
import type { Definition } from "./definition.ts";
import type { ServiceRecord } from "./record/record.ts";
import type { ServiceInfo } from "./types.ts";

/** True while the recorded process is that very process, and alive. */
export function isRunning({ info, startTime }: ServiceRecord): boolean {
  return info !== undefined && isAlive({ pid: info.pid, startTime });
}

/**
 * The health check of a recorded service: its process is alive, and `onHealthCheck` says yes. One that throws
 * says no.
 *
 * @throws The signal's reason, if it fires meanwhile.
 */
export function isHealthy(
  { onHealthCheck }: Pick<Definition, "onHealthCheck">,
  record: ServiceRecord,
  signal: AbortSignal,
): boolean | Promise<boolean> {
  const { info } = record;
  if (info === undefined || !isRunning(record)) return false;
  return onHealthCheck === undefined || saysYes(onHealthCheck, info, signal);
}

async function saysYes(
  onHealthCheck: NonNullable<Definition["onHealthCheck"]>,
  info: ServiceInfo,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const answer = (async () => await onHealthCheck(info))();
    return await unlessAborted(answer, signal) === true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
