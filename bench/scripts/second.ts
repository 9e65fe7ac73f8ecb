// second.ts DIRECTORY FILE: acquire() and release() of a service that this process holds already, and the peer:
// lock() and unlock() of proper-lockfile on a file that nobody else locks. Answers a list of milliseconds.

import process from "node:process";
import { answer } from "./lines.ts";
import { lockFile } from "./proper_lockfile.ts";
import { sleeper } from "./sleeper.ts";

const [, , directory = "", file = ""] = process.argv;
const service = sleeper(directory);
await using _first = await service.acquire();

async function serviceTurn(): Promise<void> {
  const handle = await service.acquire();
  await handle.release();
}

async function lockTurn(): Promise<void> {
  const unlock = await lockFile(file, "short");
  await unlock();
}

await answer(async (line) => {
  const [what, times] = line.split(" ");
  const turn = what === "service" ? serviceTurn : lockTurn;
  const samples: number[] = [];
  for (let time = 0; time < Number(times); time++) {
    const begin = performance.now();
    await turn();
    samples.push(performance.now() - begin);
  }
  return JSON.stringify(samples);
});
