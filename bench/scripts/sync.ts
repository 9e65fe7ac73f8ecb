// sync.ts pair|handover|death|contend|memory TARGET TIMES: one process of the benchmarks of locks and shared memory.

import process from "node:process";
import { Mutex, SharedArray, SharedMemory } from "../../src/sync/mod.ts";
import { wakeAll, word as wordAt } from "../../src/sync/linux/futex.ts";
import { sleep as sleepOn } from "../../src/sync/linux/sleepers.ts";
import { clock } from "../lib/clock.ts";
import { answer } from "./lines.ts";

const [, , kind = "", target = "", times] = process.argv;
const TIMES = Number(times);
const MEBIBYTE = 2 ** 20;
const ASLEEP = 0.5; // ms

function sleep(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

function pair(): string {
  using mutex = Mutex.open(target);
  const start = performance.now();
  for (let time = 0; time < TIMES; time++) mutex.tryLock()?.release();
  return String((performance.now() - start) / TIMES * 1e6);
}

async function handover(me: number, blocking: boolean): Promise<string> {
  using mutex = Mutex.open(target);
  using last = SharedArray.open(target, Float64Array, 2); // who had it, and when it let go
  const samples: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const asked = clock();
    const guard = blocking ? mutex.lockSync() : await mutex.lock();
    const taken = clock();
    const [who = 0, freed = 0] = [last.at(0), last.at(1)];
    // Timers are coarse: who came when the lock was about to be free, or was free, has not slept.
    if (who !== 0 && who !== me && freed - asked > ASLEEP) samples.push(taken - freed);
    await sleep(2);
    last.set(0, me);
    last.set(1, clock());
    guard.release();
    await sleep(0.5);
  }
  return samples.join(" ");
}

/** What lock() cannot be faster than: two processes wake each other out of the waits that it is made of. */
async function handoverFloor(me: number): Promise<string> {
  using last = SharedArray.open(target, Float64Array, 1); // when it was passed on
  using memory = SharedMemory.open(target, { size: 8 });
  const cells = memory.view(Int32Array);
  const word = wordAt(cells, 0);
  const samples: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    for (;;) {
      const turn = Atomics.load(cells, 0);
      if (turn % 2 === me % 2) break;
      await sleepOn(word, turn).done;
    }
    if (last.at(0) !== 0) samples.push(clock() - (last.at(0) ?? 0));
    await sleep(1);
    last.set(0, clock());
    Atomics.add(cells, 0, 1);
    wakeAll(word);
  }
  return samples.join(" ");
}

/** Takes the lock and keeps it, or says when it got it from one that died. */
async function death(line: string): Promise<string> {
  const mutex = Mutex.open(target);
  if (line === "hold") {
    mutex.lockSync();
    return "held";
  }
  using guard = line === "lock()" ? await mutex.lock() : mutex.lockSync();
  return `${clock()} ${guard.abandoned}`;
}

async function contend(): Promise<string> {
  using mutex = Mutex.open(target);
  using values = SharedArray.open(target, Float64Array, 2);
  for (let time = 0; time < TIMES; time++) {
    const guard = mutex.tryLock() ?? await mutex.lock();
    values.set(0, (values.at(0) ?? 0) + 1);
    guard.release();
  }
  return "done";
}

async function properContend(): Promise<string> {
  const { lockFile } = await import("./proper_lockfile.ts");
  for (let time = 0; time < TIMES; time++) await (await lockFile(target, "short"))();
  return "done";
}

const memory = kind === "memory" ? SharedMemory.open(target, { size: MEBIBYTE }) : undefined;
const shared = memory?.view(Uint8Array).fill(1);
const own = new Uint8Array(MEBIBYTE).fill(2);
const COPIES = 16; // at a time, so that reading the clock does not count

function copies(): string {
  if (shared === undefined) return "";
  const start = clock();
  for (let copy = 0; copy < COPIES; copy++) shared.set(own);
  const written = clock();
  for (let copy = 0; copy < COPIES; copy++) own.set(shared);
  return [written - start, clock() - written].map((time) => time / COPIES * 1e6).join(" ");
}

await answer((line) => {
  if (line === "ready") return line;
  if (kind === "pair") return pair();
  if (kind === "handoverFloor") return handoverFloor(Number(line));
  if (kind.startsWith("handover")) return handover(Number(line), kind === "handoverSync");
  if (kind === "death") return death(line);
  if (kind === "contend") return contend();
  if (kind === "proper") return properContend();
  return copies();
});
memory?.close();
