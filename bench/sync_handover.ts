// From the release in one process to the lock in another that sleeps for it.

import { Mutex, SharedArray, SharedMemory } from "../src/sync/mod.ts";
import { alone } from "./lib/alone.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { compile, NO_COMPILER } from "./lib/floor.ts";
import { atMost, type Row } from "./lib/report.ts";
import { quantile } from "./lib/statistics.ts";
import { milliseconds } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOALS: Record<RuntimeName, number> = { deno: 0.06, bun: 0.1 }; // ms
// Deno brings the answer of a pool thread back to its event loop later than that: see its floor.
const BEYOND_REACH = "deno, lock()";
const TIMES = 300;

async function samplesOf(runtime: RuntimeName, kind: string): Promise<number[]> {
  const name = `bench ${crypto.randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => {
    Mutex.unlink(name);
    SharedArray.unlink(name);
    SharedMemory.unlink(name);
  });
  const workers = [1, 2].map(() =>
    stack.use(scriptWorker(runtime, "sync.ts", kind, name, String(TIMES)))
  );
  await Promise.all(workers.map((worker) => worker.ask("ready")));
  const answers = await Promise.all(workers.map((worker, index) => worker.ask(String(index + 1))));
  return answers.join(" ").split(" ").map(Number).slice(20);
}

export const syncHandover: Benchmark = async (scratch) => {
  const program = compile("sync.c", scratch);
  const rows: Row[] = [];
  if (program === undefined) rows.push({ cells: [`C, robust mutex: ${NO_COMPILER}`, "", ""] });
  else {
    const { stdout } = await new Deno.Command(program, { args: ["handover", String(TIMES)] })
      .output();
    const p50 = Number(new TextDecoder().decode(stdout));
    rows.push({ cells: ["C, robust mutex", milliseconds(p50), ""] });
  }
  for (const runtime of RUNTIMES) {
    const floor = await samplesOf(runtime, "handoverFloor");
    rows.push({
      cells: [
        `${runtime}, floor of lock()`,
        milliseconds(quantile(floor, 0.5)),
        milliseconds(quantile(floor, 0.99)),
      ],
    });
    for (const [kind, form] of [["handover", "lock()"], ["handoverSync", "lockSync()"]] as const) {
      const samples = await samplesOf(runtime, kind);
      const p50 = quantile(samples, 0.5);
      const name = `${runtime}, ${form}`;
      rows.push({
        cells: [name, milliseconds(p50), milliseconds(quantile(samples, 0.99))],
        ...(name === BEYOND_REACH ? {} : {
          goal: milliseconds(GOALS[runtime]),
          verdict: atMost(p50, GOALS[runtime]),
        }),
      });
    }
  }
  return {
    title: "Hand-over of a lock between two processes",
    head: ["", "p50", "p99"],
    rows,
    notes: [
      `${
        2 * TIMES
      } hand-overs; counted are those for which the next holder has slept at least 0.5 ms in the kernel.`,
      "In Deno the goal is for lockSync(): lock() cannot be faster than its floor.",
      "The floor is a futex that is waited for on another thread, and nothing else: no lock, no watch over a holder.",
      "With lock() the event loop of the next holder goes on meanwhile; lockSync() and C block the thread.",
    ],
  };
};

if (import.meta.main) await alone(syncHandover);
