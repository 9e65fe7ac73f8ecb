import { sleep } from "../wait.ts";
import type { Run } from "./run.ts";
import type { RunProfile } from "./types.ts";

/** Looks at what a run uses, at once and at every interval, until its end. */
export async function profileOf(run: Run, every: number): Promise<RunProfile> {
  const over = new AbortController();
  const ended = run.ended.finally(() => over.abort());
  let samples = 0;
  let cpuTime = 0;
  let peakMemory = 0;
  const look = () => {
    const usage = run.process.usage();
    cpuTime = Math.max(cpuTime, usage.cpuTime);
    peakMemory = Math.max(peakMemory, usage.peakMemory);
    samples++;
  };
  while (!over.signal.aborted) {
    look();
    await sleep(every, over.signal).catch(() => {});
  }
  const status = await ended;
  look();
  run.check();
  const duration = run.duration ?? 0;
  return {
    status,
    duration,
    cpuTime,
    peakMemory,
    samples,
    averageCpu: duration === 0 ? 0 : cpuTime / duration,
  };
}
