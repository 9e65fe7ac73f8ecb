// One child, awaited in three Workers and here, killed from a fourth Worker.
//
//   deno run -A examples/child_in_workers/main.ts        (or: bun examples/child_in_workers/main.ts)

import { SharedChild } from "@procref/procref/child";

await using child = SharedChild.spawn("sleep", { args: ["60"] });
console.log(`Child ${child.pid} runs`);

const workers = await Promise.all(Array.from({ length: 4 }, start));
const said = workers.map(hear);
workers.forEach((worker, index) => {
  worker.postMessage({ handle: child.share(), kill: index === 3 });
});

for (const [index, text] of (await Promise.all(said)).entries()) {
  console.log(`Worker ${index + 1} ${text}`);
}
console.log("Here:", (await child.wait()).signal);
for (const worker of workers) worker.terminate();

async function start(): Promise<Worker> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url).href, { type: "module" });
  await hear(worker);
  return worker;
}

function hear(worker: Worker): Promise<string> {
  return new Promise((resolve) => worker.onmessage = ({ data }) => resolve(String(data)));
}
