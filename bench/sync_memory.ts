// 1 MiB into and out of shared memory.

import { SharedMemory } from "../src/sync/mod.ts";
import { alone } from "./lib/alone.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { compile, NO_COMPILER } from "./lib/floor.ts";
import { atMost, type Row } from "./lib/report.ts";
import type { Worker } from "./lib/worker.ts";
import { nativeWorker, scriptWorker } from "./lib/worker.ts";
import { nanoseconds, times } from "./lib/units.ts";

const ROUNDS = 30;
const COPIES = 5; // times 16 per round
const GOAL = 1.05;

export const syncMemory: Benchmark = async (scratch) => {
  const name = `bench ${crypto.randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => void SharedMemory.unlink(name));
  const program = compile("sync.c", scratch);
  const workers = new Map<string, Worker>();
  if (program !== undefined) workers.set("C, memcpy", stack.use(nativeWorker(program, "memory")));
  for (const runtime of RUNTIMES) {
    workers.set(runtime, stack.use(scriptWorker(runtime, "sync.ts", "memory", name)));
  }
  const least = new Map<string, [number, number]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [label, worker] of workers) {
      for (let copy = 0; copy < COPIES; copy++) {
        const line = await worker.ask(label.startsWith("C") ? "" : "go");
        const [write = NaN, read = NaN] = line.split(" ").map(Number);
        const [leastWrite, leastRead] = least.get(label) ?? [Infinity, Infinity];
        least.set(label, [Math.min(leastWrite, write), Math.min(leastRead, read)]);
      }
    }
  }
  const floor = least.get("C, memcpy");
  const rows = [...least].map(([label, [write, read]]): Row => {
    const ratio = floor === undefined ? NaN : Math.max(write / floor[0], read / floor[1]);
    const cells = [
      label,
      nanoseconds(write),
      nanoseconds(read),
      floor ? times(ratio) : NO_COMPILER,
    ];
    if (floor === undefined || label.startsWith("C")) return { cells };
    return { cells, goal: times(GOAL), verdict: atMost(ratio, GOAL) };
  });
  return {
    title: "1 MiB into shared memory and out of it",
    head: ["", "write", "read", "worse of both"],
    rows,
    notes: [`Minimum of ${ROUNDS} interleaved rounds of ${COPIES} times 16 copies each.`],
  };
};

if (import.meta.main) await alone(syncMemory);
