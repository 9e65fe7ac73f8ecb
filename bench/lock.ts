// A contended lock: 8 processes take it 500 times each.

import type { Benchmark } from "./lib/benchmark.ts";
import { bars } from "./lib/bars.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { compile, NO_COMPILER } from "./lib/floor.ts";
import { atMost, type Picture, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOAL = 1500; // ms
const PROCESSES = 8;
const TIMES = 500;
const ROUNDS = 5;
const PEER = "proper-lockfile";
const FLOOR = "C, flock(2)";

/** The milliseconds from the word to the last process's answer. The processes have started before. */
async function contend(runtime: RuntimeName, kind: string, target: string): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const workers = Array.from({ length: PROCESSES }, () => {
    const worker = scriptWorker(runtime, "lock.ts", kind, target, String(TIMES));
    stack.use(worker);
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.ask("ready")));
  const begin = performance.now();
  await Promise.all(workers.map((worker) => worker.ask("go")));
  return performance.now() - begin;
}

async function contendInC(program: string, file: string): Promise<number> {
  const args = [file, String(PROCESSES), String(TIMES)];
  const { stdout, success } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error("The floor failed");
  return Number(new TextDecoder().decode(stdout));
}

async function measure(scratch: Scratch): Promise<Record<string, number>> {
  const competitors: Record<string, () => Promise<number>> = {};
  const program = compile("flock.c", scratch);
  if (program !== undefined) {
    competitors[FLOOR] = () => contendInC(program, `${scratch.path}/flock.file`);
  }
  for (const runtime of RUNTIMES) {
    const name = `bench ${crypto.randomUUID()}`;
    competitors[`${runtime}, lock()`] = () => contend(runtime, "counter", name);
  }
  const samples = await interleaved(competitors, ROUNDS);
  const peer = await contend("bun", "proper", `${scratch.path}/peer.file`);
  return {
    ...Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, median(list)])),
    [`bun, ${PEER}`]: peer,
  };
}

function rows(results: Readonly<Record<string, number>>): Row[] {
  const peer = results[`bun, ${PEER}`] ?? NaN;
  const measured = Object.entries(results).map(([label, duration]): Row => {
    const cells = [
      label,
      milliseconds(duration),
      milliseconds(duration / (PROCESSES * TIMES)),
      times(peer / duration),
    ];
    if (!label.endsWith("lock()")) return { cells };
    return { cells, goal: milliseconds(GOAL), verdict: atMost(duration, GOAL) };
  });
  return FLOOR in results ? measured : [{ cells: [FLOOR, NO_COMPILER, "", ""] }, ...measured];
}

function picture(results: Readonly<Record<string, number>>): Picture {
  return {
    name: "lock_contention",
    alt: "Seconds for 4,000 acquisitions of one lock by 8 processes",
    svg: bars({
      title: `${PROCESSES} processes take one lock ${TIMES} times each`,
      bars: Object.entries(results).map(([label, duration]) => ({
        label,
        value: duration,
        text: milliseconds(duration),
        quiet: !label.endsWith("lock()"),
      })),
    }),
  };
}

export const lock: Benchmark = async (scratch) => {
  const results = await measure(scratch);
  return {
    title: `A contended lock: ${PROCESSES} processes take it ${TIMES} times each`,
    head: ["", "all", "one", "faster than peer"],
    rows: rows(results),
    notes: [
      `Medians of ${ROUNDS} interleaved rounds; the peer runs once. Process starts are not counted.`,
      `${PEER} cannot wait: it tries again after its shortest pause, 1 ms.`,
    ],
    pictures: [picture(results)],
  };
};
