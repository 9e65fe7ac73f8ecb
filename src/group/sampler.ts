import { sleep } from "../wait.ts";
import type { GroupStats } from "./types.ts";

/** Yields a sample at once and then at every interval, until `over`. */
export async function* sample(
  stats: () => GroupStats,
  over: () => boolean,
  every: number,
): AsyncGenerator<GroupStats> {
  const start = performance.now();
  for (let count = 1; !over(); count++) {
    yield stats();
    // By the clock of the first sample, so that slow consumers don't shift the rest.
    const next = start + count * every - performance.now();
    await sleep(Math.max(0, next));
  }
}
