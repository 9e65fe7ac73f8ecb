// lock.ts counter|proper TARGET TIMES: takes a contended lock again and again, once it is told to.

import process from "node:process";
import { openCounter } from "../../src/counter/mod.ts";
import { answer } from "./lines.ts";

const [, , kind, target = "", times] = process.argv;

async function turns(): Promise<void> {
  if (kind === "proper") {
    const { lockFile } = await import("./proper_lockfile.ts");
    for (let time = 0; time < Number(times); time++) await (await lockFile(target))();
    return;
  }
  using counter = openCounter(target);
  for (let time = 0; time < Number(times); time++) {
    await counter.lock();
    counter.unlock();
  }
}

await answer(async (line) => {
  if (line === "go") await turns();
  return line;
});
