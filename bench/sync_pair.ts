// Lock and unlock while nobody else wants it.

import { Mutex } from "../src/sync/mod.ts";
import { alone } from "./lib/alone.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { compile } from "./lib/floor.ts";
import { atMost, type Row } from "./lib/report.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median } from "./lib/statistics.ts";
import { nanoseconds } from "./lib/units.ts";
import { nativeWorker, scriptWorker } from "./lib/worker.ts";

const GOALS: Record<RuntimeName, number> = { bun: 60, deno: 150 }; // ns
const ROUNDS = 15;
const PAIRS = 500_000;
const FLOORS = ["C, robust mutex", "C, POSIX semaphore", "C, flock(2)"];

async function properLockfile(scratch: Scratch): Promise<number> {
  const { lockFile } = await import("./scripts/proper_lockfile.ts");
  const start = performance.now();
  for (let time = 0; time < 500; time++) await (await lockFile(`${scratch.path}/pair`, "short"))();
  return (performance.now() - start) / 500 * 1e6;
}

async function measure(scratch: Scratch): Promise<Map<string, number[]>> {
  const name = `bench ${crypto.randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => void Mutex.unlink(name));
  const samples = new Map<string, number[]>();
  const note = (label: string, value: number) => {
    samples.set(label, [...samples.get(label) ?? [], value]);
  };
  const program = compile("sync.c", scratch);
  const floor = program === undefined ? undefined : stack.use(nativeWorker(program, "pair"));
  const workers = RUNTIMES.map((runtime) => {
    const worker = stack.use(scriptWorker(runtime, "sync.ts", "pair", name, String(PAIRS)));
    return { runtime, worker };
  });
  for (const { worker } of workers) for (let warm = 0; warm < 3; warm++) await worker.ask("go");
  for (let round = 0; round < ROUNDS; round++) {
    const times = (await floor?.ask(""))?.split(" ").map(Number) ?? [];
    times.forEach((time, index) => note(FLOORS[index] ?? "", time));
    for (const { runtime, worker } of workers) note(runtime, Number(await worker.ask("go")));
  }
  note("deno, proper-lockfile", await properLockfile(scratch));
  return samples;
}

export const syncPair: Benchmark = async (scratch) => {
  const rows = [...await measure(scratch)].map(([label, list]): Row => {
    const cells = [label, nanoseconds(Math.min(...list)), nanoseconds(median(list))];
    const runtime = RUNTIMES.find((one) => one === label);
    if (runtime === undefined) return { cells };
    const goal = GOALS[runtime];
    return { cells, goal: nanoseconds(goal), verdict: atMost(median(list), goal) };
  });
  return {
    title: "tryLock() and release(), uncontended",
    head: ["", "least", "median"],
    rows,
    notes: [`${ROUNDS} interleaved rounds of ${PAIRS} pairs. No system call in either runtime.`],
  };
};

if (import.meta.main) await alone(syncPair);
