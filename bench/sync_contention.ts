// 8 processes that increment one number under one lock.

import { Mutex, SharedArray } from "../src/sync/mod.ts";
import { alone } from "./lib/alone.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { compile } from "./lib/floor.ts";
import { atMost, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import { median } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOAL = 1000; // ms
const PROCESSES = 8;
const TIMES = 500;
const ROUNDS = 5;
const PEER = "bun, proper-lockfile";

async function contend(runtime: RuntimeName, kind: string, target: string): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const workers = Array.from(
    { length: PROCESSES },
    () => stack.use(scriptWorker(runtime, "sync.ts", kind, target, String(TIMES))),
  );
  await Promise.all(workers.map((worker) => worker.ask("ready")));
  const begin = performance.now();
  await Promise.all(workers.map((worker) => worker.ask("go")));
  return performance.now() - begin;
}

/** With the sum checked: a lock that lets two in would be quick. */
async function increments(runtime: RuntimeName): Promise<number> {
  const name = `bench ${crypto.randomUUID()}`;
  using values = SharedArray.open(name, Float64Array, 2);
  try {
    const duration = await contend(runtime, "contend", name);
    if (values.at(0) !== PROCESSES * TIMES) throw new Error(`The sum is ${values.at(0)}`);
    return duration;
  } finally {
    Mutex.unlink(name);
    SharedArray.unlink(name);
  }
}

export const syncContention: Benchmark = async (scratch) => {
  const competitors: Record<string, () => Promise<number>> = {};
  const program = compile("sync.c", scratch);
  if (program !== undefined) {
    competitors["C, robust mutex"] = async () => {
      const args = ["contend", String(PROCESSES), String(TIMES)];
      const { stdout } = await new Deno.Command(program, { args }).output();
      return Number(new TextDecoder().decode(stdout));
    };
  }
  for (const runtime of RUNTIMES) competitors[`${runtime}, lock()`] = () => increments(runtime);
  const results = Object.entries(await interleaved(competitors, ROUNDS))
    .map(([label, list]): [string, number] => [label, median(list)]);
  const peer = await contend("bun", "proper", `${scratch.path}/contended`);
  const rows = [...results, [PEER, peer] as const].map(([label, duration]): Row => {
    const cells = [label, milliseconds(duration), times(peer / duration)];
    if (!label.endsWith("lock()")) return { cells };
    return { cells, goal: milliseconds(GOAL), verdict: atMost(duration, GOAL) };
  });
  return {
    title: `${PROCESSES} processes increment one number ${TIMES} times each under one lock`,
    head: ["", "all", "faster than peer"],
    rows,
    notes: [`Medians of ${ROUNDS} interleaved rounds; the peer runs once. Starts are not counted.`],
  };
};

if (import.meta.main) await alone(syncContention);
