// Four workers, two in each runtime, fill a board in shared memory; this process draws it as it fills. One of the
// workers is killed at work: the others go on, and its line says so.
//
//   deno run --allow-all examples/sync/progress_board.ts
//   bun examples/sync/progress_board.ts

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Mutex, Semaphore, SharedArray } from "@procref/procref/sync";

const HERE = fileURLToPath(import.meta.url);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const WORKERS = 4;
const JOBS = 20;

const [, , role = "board", name = `example-${crypto.randomUUID()}`, place = "0"] = process.argv;

// Per worker the jobs it has done; and last, the next job that nobody has taken yet.
using board = SharedArray.open(name, Int32Array, WORKERS + 1);
using queue = Mutex.open(name);
using news = Semaphore.open(name, { initial: 0 });

function sleep(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

/** Takes jobs until there are none, and counts what it has done. */
async function work(): Promise<void> {
  for (;;) {
    const job = await queue.synchronize(() => {
      const next = board.at(WORKERS) ?? 0;
      board.set(WORKERS, next + 1);
      return next;
    });
    if (job >= JOBS) return;
    await sleep(20 + Math.random() * 40);
    Atomics.add(board.values, Number(place), 1);
    news.post();
  }
}

function startWorker(index: number): ChildProcess {
  const bun = [`${ROOT}node_modules/.bin/bun`];
  const deno = [process.env["DENO"] ?? "deno", "run", "--allow-all"];
  const [program = "", ...args] = index % 2 === 0 ? bun : deno;
  return spawn(program, [...args, HERE, "worker", name, String(index)], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function draw(workers: readonly ChildProcess[]): void {
  const lines = workers.map((worker, index) => {
    const done = board.at(index) ?? 0;
    const fate = worker.signalCode === null ? "" : ` killed (${worker.signalCode})`;
    return `${index % 2 === 0 ? "Bun " : "Deno"} ${
      "#".repeat(done).padEnd(JOBS, ".")
    } ${done}${fate}`;
  });
  console.log(`${lines.join("\n")}\n`);
}

async function drawUntilDone(): Promise<void> {
  const workers = Array.from({ length: WORKERS }, (_, index) => startWorker(index));
  const ended = Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once("close", resolve))),
  );
  let working = true;
  ended.then(() => {
    working = false;
    news.post();
  });
  for (let events = 1; working; events++) {
    await news.wait();
    if (events === 5) workers[0]?.kill("SIGKILL");
    if (events % 5 === 0) draw(workers);
  }
  draw(workers);
  for (const kind of [SharedArray, Mutex, Semaphore]) kind.unlink(name);
}

if (role === "worker") await work();
else await drawUntilDone();
