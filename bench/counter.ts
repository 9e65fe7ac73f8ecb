// A reference count: acquire() and release() against the same system calls in C.

import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { compile, NO_COMPILER } from "./lib/floor.ts";
import { atMost, type Report, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median, pairedRatio } from "./lib/statistics.ts";
import { nanoseconds, times } from "./lib/units.ts";
import { nativeWorker, scriptWorker, type Worker } from "./lib/worker.ts";

const GOAL = 1.3;
const ROUNDS = 25;

const SITUATIONS = [
  { mode: "held", what: "others hold references", pairs: 10_000 },
  { mode: "alone", what: "alone: each pair makes and removes the set", pairs: 3_000 },
] as const;

/** Measures one situation in C, Deno and Bun. */
async function situation(
  { mode, what, pairs }: typeof SITUATIONS[number],
  scratch: Scratch,
): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const competitors: Record<string, () => Promise<number>> = {};
  const enter = (name: string, worker: Worker) => {
    stack.use(worker);
    competitors[name] = async () => Number(await worker.ask(String(pairs)));
  };
  const program = compile("counter.c", scratch);
  const key = String(crypto.getRandomValues(new Int32Array(1))[0] ?? 1);
  if (program !== undefined) enter("C", nativeWorker(program, mode, key));
  for (const runtime of RUNTIMES) {
    enter(runtime, scriptWorker(runtime, "counter.ts", mode, `bench ${crypto.randomUUID()}`));
  }
  const samples = await interleaved(competitors, ROUNDS, 3);
  const floor = samples["C"];
  return Object.entries(samples).map(([name, series]) => {
    const cells = [`${name}, ${what}`, nanoseconds(median(series))];
    if (name === "C") return { cells: [...cells, ""] };
    if (floor === undefined) return { cells: [...cells, NO_COMPILER], goal: `x${GOAL}` };
    const ratio = pairedRatio(series, floor);
    return { cells: [...cells, times(ratio)], goal: `x${GOAL}`, verdict: atMost(ratio, GOAL) };
  });
}

export const counter: Benchmark = async (scratch): Promise<Report> => {
  const rows: Row[] = [];
  for (const one of SITUATIONS) rows.push(...await situation(one, scratch));
  return {
    title: "Reference count: acquire() and release()",
    head: ["", "one pair", "to C"],
    rows,
    notes: [
      `Medians of ${ROUNDS} interleaved rounds. C makes exactly the same system calls with the same operations.`,
    ],
  };
};
