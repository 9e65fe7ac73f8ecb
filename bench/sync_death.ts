// From the SIGKILL of a lock's holder to the lock in a process that waits for it.

import { Mutex } from "../src/sync/mod.ts";
import { start } from "../tests/harness/program.ts";
import { alone } from "./lib/alone.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { clock } from "./lib/clock.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import { quantile } from "./lib/statistics.ts";
import { milliseconds } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOAL = 10; // ms
const ROUNDS = 30;
const FORMS = ["lock()", "lockSync()"];
const SCRIPT = new URL("./scripts/sync.ts", import.meta.url);

/** The waiter stays, the holders die one after another; they are Bun's, which start sooner. */
async function samplesOf(runtime: RuntimeName, form: string): Promise<number[]> {
  const name = `bench ${crypto.randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => void Mutex.unlink(name));
  const waiter = stack.use(scriptWorker(runtime, "sync.ts", "death", name));
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await using holder = start("bun", SCRIPT, { args: ["death", name] });
    holder.tell("hold");
    await holder.line();
    const answer = waiter.ask(form);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const killed = clock();
    holder.signal("SIGKILL");
    const [taken, abandoned] = (await answer).split(" ");
    if (abandoned !== "true") throw new Error("The lock was not passed on as abandoned");
    samples.push(Number(taken) - killed);
  }
  return samples;
}

export const syncDeath: Benchmark = async () => {
  const rows: Row[] = [];
  for (const runtime of RUNTIMES) {
    for (const form of FORMS) {
      const samples = await samplesOf(runtime, form);
      const p95 = quantile(samples, 0.95);
      rows.push({
        cells: [
          `${runtime}, ${form}`,
          ...[quantile(samples, 0.5), p95, Math.max(...samples)].map(milliseconds),
        ],
        goal: milliseconds(GOAL),
        verdict: atMost(p95, GOAL),
      });
    }
  }
  return {
    title: "From the SIGKILL of a lock's holder to the lock in the next one",
    head: ["", "p50", "p95", "longest"],
    rows,
    notes: [
      `${ROUNDS} deaths each; the goal is for the p95. The kernel's taking down of the dead process is in it.`,
    ],
  };
};

if (import.meta.main) await alone(syncDeath);
