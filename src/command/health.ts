import { limit, sleep, unlessAborted } from "../wait.ts";
import type { RunningProcess } from "./running.ts";
import type { HealthCheck } from "./supervision.ts";

/** A watch over a running program. Leaving its scope ends it. */
export interface HealthWatch extends AsyncDisposable {
  /** The program has been given up. */
  readonly failed: boolean;
}

/**
 * Looks at a program again and again, until it fails too often in a row or nobody wants to know any more.
 *
 * @param give What to do about a program that is unhealthy.
 */
export function watchHealth(
  process: RunningProcess,
  health: Required<HealthCheck> | undefined,
  give: (failures: number) => void,
): HealthWatch {
  const over = new AbortController();
  let failed = false;
  const watching = health === undefined ? Promise.resolve() : untilUnhealthy(health);

  async function untilUnhealthy(health: Required<HealthCheck>): Promise<void> {
    for (let failures = 0; failures < health.failures;) {
      await sleep(health.every, over.signal);
      failures = await isHealthy(process, health, over.signal) ? 0 : failures + 1;
    }
    failed = true;
    give(health.failures);
  }

  watching.catch(() => {});
  return {
    get failed() {
      return failed;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await watching.catch(() => {});
    },
  };
}

async function isHealthy(
  process: RunningProcess,
  { check, timeout }: Required<HealthCheck>,
  over: AbortSignal,
): Promise<boolean> {
  using patience = limit({ timeout, signal: over }, () => "a health check");
  const look = async () => await check(process);
  try {
    return await unlessAborted(look(), patience.signal) === true;
  } catch {
    over.throwIfAborted();
    return false;
  }
}
