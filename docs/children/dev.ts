// Starts everything that a working day needs, and leaves nothing of it behind: not after Ctrl-C, not when one of
// the programs ends, not after kill -9 of this script.
//
//   deno run --allow-ffi --allow-run dev.ts "npm run api" "npm run web"
//   bun dev.ts "npm run api" "npm run web"

import process from "node:process";
import { ProcessGroup } from "@procref/procref/group";

// Leaving this scope, and this process's death, end all that was ever started in the group.
await using group = await ProcessGroup.create({ shutdownTimeout: 5000 });

const stopped = new Promise<string>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve);
});

const ends = process.argv.slice(2).map(async (line) => {
  const child = await group.spawn("sh", { args: ["-c", line] });
  console.log(`${child.pid}: ${line}`);
  const { code, signal } = await child.wait();
  return `${line}: ended by itself (${signal ?? code})`;
});

console.log(await Promise.race([stopped, ...ends]));
// SIGTERM to each process, five seconds to obey, SIGKILL for the rest.
const { exited, killed } = await group.shutdown();
console.log(`${exited.length} ended, ${killed.length} killed`);
