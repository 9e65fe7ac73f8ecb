// lock.ts counter|own|short TARGET TIMES: takes a contended lock again and again, once it is told to. Answers
// the longest wait for it, in milliseconds. `own` and `short` are the pauses of proper-lockfile.

import process from "node:process";
import { openCounter } from "../../src/counter/mod.ts";
import { answer } from "./lines.ts";

type Unlock = () => void | Promise<void>;

const [, , kind, target = "", times] = process.argv;

/** How the lock is taken; the result frees it. */
async function locking(): Promise<() => Promise<Unlock>> {
  if (kind === "own" || kind === "short") {
    const { lockFile } = await import("./proper_lockfile.ts");
    return () => lockFile(target, kind);
  }
  const counter = openCounter(target);
  const unlock = () => counter.unlock();
  return async () => {
    await counter.lock();
    return unlock;
  };
}

const lock = await locking();

await answer(async (line) => {
  let longest = 0;
  for (let time = 0; line === "go" && time < Number(times); time++) {
    const begin = performance.now();
    const unlock = await lock();
    longest = Math.max(longest, performance.now() - begin);
    await unlock();
  }
  return String(longest);
});
