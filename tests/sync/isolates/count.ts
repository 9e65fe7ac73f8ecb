// A test file as a user's runner runs several at once: it counts under the lock, and says which process it was in.

import { Mutex, SharedArray } from "@procref/procref/sync";
import process from "node:process";

const { COUNT_NAME = "", COUNT_ROUNDS = "0" } = process.env;

async function count(): Promise<void> {
  using values = SharedArray.open(COUNT_NAME, Float64Array, 6);
  using mutex = Mutex.open(COUNT_NAME);
  let place = 0;
  await mutex.synchronize(() => {
    place = (values.at(1) ?? 0) + 1;
    values.set(1, place);
    values.set(1 + place, process.pid);
  });
  // All are there before the counting begins: so they really run side by side.
  while ((values.at(1) ?? 0) < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  for (let round = 0; round < Number(COUNT_ROUNDS); round++) {
    using _ = round % 2 === 0 ? await mutex.lock() : mutex.lockSync();
    const value = values.at(0) ?? 0;
    for (const end = performance.now() + 0.02; performance.now() < end;);
    values.set(0, value + 1);
  }
}

if ("Bun" in globalThis) (await import("bun:test")).test("counts", count, 60_000);
else Deno.test("counts", count);
