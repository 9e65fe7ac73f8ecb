// A process with one counter: reads orders from standard input, one a line, and answers each with a line.

import { install } from "../counter/install.ts";
import { closeSync, openSync, unlinkSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { type CounterBackend, openCounter, ProcrefError } from "../../src/counter/mod.ts";
import { startWorker } from "./ref_counter/worker_thread.ts";

install();

const [backend, name = ""] = process.argv.slice(2);
const counter = openCounter(name, { backend: backend as CounterBackend });

type Order = (...args: string[]) => unknown;

const orders: Record<string, Order> = {
  acquire: (times = "1") => repeat(times, () => counter.acquire()),
  release: (times = "1") => repeat(times, () => counter.release()),
  count: () => counter.count(),
  tryLock: () => counter.tryLock(),
  unlock: () => done(counter.unlock()),
  close: () => done(counter.close()),
  lock: () => waiting(counter.lock()).then(() => "locked"),
  waitForZero: () => waiting(counter.waitForZero()).then(() => "zero"),
  acquireAt: (time) => at(time, () => counter.acquire()),
  releaseAt: (time) => at(time, () => counter.release()),
  churn,
  takeTurns,
  acquireInWorkerThatEnds,
  exit: () => process.exit(0),
};

function done(_nothing: void): string {
  return "done";
}

function repeat(times: string, body: () => number): number {
  for (let left = Number(times); left > 1; left--) body();
  return body();
}

/** Says that it waits, which is true as soon as the method has returned its promise. */
function waiting<T>(promise: Promise<T>): Promise<T> {
  console.log("waiting");
  return promise;
}

/** Spins to the given time, so that all who were told the same start in the same instant. */
function at(time: string | undefined, body: () => number): number {
  while (Date.now() < Number(time));
  return body();
}

/** Takes and gives back at random, at most three at once; tells how often each count was reached from below and from above. */
function churn(steps: string): { up: Record<number, number>; down: Record<number, number> } {
  const up: Record<number, number> = {};
  const down: Record<number, number> = {};
  let held = 0;
  for (let left = Number(steps); left > 0 || held > 0; left--) {
    const takes = left > 0 && held < 3 && (held === 0 || Math.random() < 0.5);
    const count = takes ? counter.acquire() : counter.release();
    held += takes ? 1 : -1;
    const tally = takes ? up : down;
    tally[count] = (tally[count] ?? 0) + 1;
  }
  return { up, down };
}

/** Locks again and again; inside, it makes a file that must not be there, which fails if anybody else is inside. */
async function takeTurns(times: string, path: string): Promise<string> {
  for (let left = Number(times); left > 0; left--) {
    await counter.lock();
    closeSync(openSync(path, "wx"));
    unlinkSync(path);
    counter.unlock();
  }
  return "done";
}

async function acquireInWorkerThatEnds(): Promise<unknown> {
  using worker = startWorker(counter);
  return await worker.ask("acquire");
}

async function answer(line: string): Promise<unknown> {
  const [order = "", ...args] = line.split(" ");
  try {
    return await orders[order]?.(...args);
  } catch (error) {
    return error instanceof ProcrefError
      ? `${error.name} ${error.code}: ${error.message}`
      : `${error}`;
  }
}

console.log("ready");
for await (const line of createInterface(process.stdin)) {
  const result = await answer(line);
  console.log(typeof result === "string" ? result : JSON.stringify(result));
}
