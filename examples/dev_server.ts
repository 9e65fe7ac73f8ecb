// A development server with its watchers, in one group: Ctrl-C, a crash or kill -9 of this process leaves none of
// them behind.
//
//   deno run -A examples/dev_server.ts        (or: bun examples/dev_server.ts)
//   deno run -A examples/dev_server.ts 3      the same, and it ends by itself after 3 seconds
//
// Put your own commands in the place of these.

import process from "node:process";
import { ProcessGroup } from "@procref/procref/group";

const watch = (name: string) => `while :; do echo "${name}: looking for changes"; sleep 1; done`;

const COMMANDS: readonly [name: string, script: string][] = [
  ["server", "while :; do echo 'server: up'; sleep 1; done"],
  ["types", watch("types")],
  // A watcher that starts more: the group has those as well.
  ["styles", `(${watch("styles, in the background")}) & ${watch("styles")}`],
];

await using group = await ProcessGroup.create({ shutdownTimeout: 1000 });
console.log(`Held together by ${group.mechanism}`);

const stop = new AbortController();
const seconds = Number(process.argv[2]);
if (seconds > 0) setTimeout(() => stop.abort(), seconds * 1000);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const children = await Promise.all(
  COMMANDS.map(async ([name, script]) => ({
    name,
    child: await group.spawn("sh", { args: ["-c", script] }),
  })),
);
console.log(`Processes: ${group.members().join(", ")}`);

// One that ends takes the others with it.
const ends = children.map(async ({ name, child }) => {
  const status = await child.wait({ signal: stop.signal });
  console.log(`${name} ended with ${status.signal ?? status.code}`);
});
await Promise.race(ends).catch(() => {});

const { exited, killed, elapsed } = await group.shutdown();
await Promise.allSettled(ends);
console.log(`${exited.length} ended, ${killed.length} had to be killed, ${Math.round(elapsed)} ms`);
process.exit(0);
