import { sleep } from "../wait.ts";
import type { GroupStats } from "./types.ts";

/** Yields a sample at once and then at every interval, until `over` fires. */
export async function* sample(
  stats: () => GroupStats,
  over: AbortSignal,
  every: number,
): AsyncGenerator<GroupStats> {
  const start = performance.now();
  for (let count = 1; !over.aborted; count++) {
    yield stats();
    // By the clock of the first sample, so that slow consumers don't shift the rest.
    const next = start + count * every - performance.now();
    await sleep(Math.max(0, next), over).catch(() => {});
  }
}
