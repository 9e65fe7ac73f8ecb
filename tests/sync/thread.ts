// A Worker that locks, counts and unlocks, or holds until it is ended.

import "../harness/mac/worker.ts";
import { Mutex, SharedArray } from "@procref/procref/sync";
import { parentPort, workerData } from "node:worker_threads";

const { name, rounds, hold } = workerData as { name: string; rounds: number; hold: boolean };
const mutex = Mutex.open(name);
const values = SharedArray.open(name, Float64Array, 1);

for (let round = 0; round < rounds; round++) {
  const guard = round % 2 === 0 ? await mutex.lock() : mutex.lockSync();
  const value = values.at(0) ?? 0;
  for (const end = performance.now() + 0.02; performance.now() < end;);
  values.set(0, value + 1);
  guard.release();
}
if (hold) {
  await mutex.lock();
  setInterval(() => {}, 1000);
}
parentPort?.postMessage("done");
