import { assert, assertEquals } from "@std/assert";
import { Mutex, Semaphore, SharedArray } from "@procref/procref/sync";
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { test } from "../harness/mod.ts";
import { freshName, pause } from "./stage.ts";

function worker(name: string, rounds: number, hold = false): Worker {
  return new Worker(new URL("thread.ts", import.meta.url), { workerData: { name, rounds, hold } });
}

test("4 Workers and this thread count exactly, waiting in both forms", async () => {
  using fresh = freshName("workers");
  const values = SharedArray.open(fresh.name, Float64Array, 1);
  using mutex = Mutex.open(fresh.name);
  const workers = Array.from({ length: 4 }, () => worker(fresh.name, 100));
  const done = Promise.all(workers.map((one) => once(one, "message")));
  for (let round = 0; round < 100; round++) {
    await mutex.synchronize(() => values.set(0, (values.at(0) ?? 0) + 1));
  }
  await done;
  assertEquals(values.at(0), 500);
  values.close();
  await Promise.all(workers.map((one) => one.terminate()));
});

test("a Worker that is terminated inside gives its lock to the next thread, as abandoned", async () => {
  using fresh = freshName("terminate");
  using mutex = Mutex.open(fresh.name);
  const holder = worker(fresh.name, 0, true);
  await once(holder, "message");
  const waiting = mutex.lock({ timeout: 10_000 });
  await pause(20);
  await holder.terminate();
  using guard = await waiting;
  assertEquals(guard.abandoned, true);
  SharedArray.unlink(fresh.name);
});

test("200 waits in one process neither block the loop nor starve file I/O", async () => {
  await using all = new AsyncDisposableStack();
  const semaphores = Array.from({ length: 200 }, (_, index) => {
    const fresh = all.use(freshName(`wait-${index}`));
    return all.use(Semaphore.open(fresh.name, { initial: 0 }));
  });
  const waits = semaphores.map((semaphore) => semaphore.wait());
  await pause(50);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const start = performance.now();
  for (let read = 0; read < 100; read++) await readFile(new URL(import.meta.url));
  const reading = performance.now() - start;
  await pause(50);
  clearInterval(timer);
  assert(reading < 1000, `100 files took ${reading} ms`);
  assert(ticks > 20, String(ticks));
  for (const semaphore of semaphores) semaphore.post();
  await Promise.all(waits);
});
