import { isAlive } from "../process/process.ts";
import { unlessAborted } from "../wait.ts";
import type { Definition } from "./definition.ts";
import type { ServiceRecord } from "./record/record.ts";

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
export async function isHealthy(
  definition: Pick<Definition, "onHealthCheck">,
  record: ServiceRecord,
  signal: AbortSignal,
): Promise<boolean> {
  const { info } = record;
  if (info === undefined || !isRunning(record)) return false;
  const { onHealthCheck } = definition;
  if (onHealthCheck === undefined) return true;
  try {
    const answer = (async () => await onHealthCheck(info))();
    return await unlessAborted(answer, signal) === true;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}
