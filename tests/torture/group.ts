// `deno task torture-group N`: N trees of escape artists in cgroups, in owners of both runtimes that die by SIGKILL,
// or kill the tree themselves; counts survivors, and how long the slowest tree outlived its owner.

import { parseArgs } from "@std/cli/parse-args";
import process from "node:process";
import { RUNTIMES, start } from "../harness/program.ts";
import { newTag, survivors, TRICKS } from "../group/trees.ts";

const { _: [trees = 1000] } = parseArgs(process.argv.slice(2));
const TREES_PER_OWNER = 10;
const BURST_EVERY = 5; // owners: 500 processes each
const BOUND = 250; // ms

const cheap = TRICKS.filter((trick) => trick !== "burst");
const times: number[] = [];
let stood = 0;
let left = 0;

for (let done = 0; done < Number(trees); done += TREES_PER_OWNER) {
  const owner = done / TREES_PER_OWNER;
  const runtime = RUNTIMES[owner % RUNTIMES.length] ?? "deno";
  const count = Math.min(TREES_PER_OWNER, Number(trees) - done);
  const set = Array.from({ length: count }, (_, index) => ({
    trick: index === 0 && owner % BURST_EVERY === 0
      ? "burst"
      : cheap[index % cheap.length] ?? "deaf",
    tag: newTag(),
  }));
  times.push(await round(runtime, set));
  if ((owner + 1) % 10 === 0) console.log(`${done + count} trees, ${left} survivors`);
}

async function round(
  runtime: typeof RUNTIMES[number],
  set: readonly { trick: string; tag: string }[],
): Promise<number> {
  const tags = set.map(({ tag }) => tag);
  const args = ["cgroup_v2", ...set.map(({ trick, tag }) => `${trick}=${tag}`)];
  await using owner = start(runtime, new URL("../group/owner.ts", import.meta.url), { args });
  if (await owner.line() !== "standing") throw new Error("It did not stand");
  stood += survivors(tags, [owner.pid]).length;
  owner.signal("SIGKILL");
  const killed = performance.now();
  for (;;) {
    const alive = survivors(tags, [owner.pid]);
    const time = performance.now() - killed;
    if (alive.length === 0) return time;
    // Ten times the bound: what is left then has got away.
    if (time > 10 * BOUND) {
      left += alive.length;
      for (const pid of alive) process.kill(pid, "SIGKILL");
      return time;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const sorted = [...times].sort((a, b) => a - b);
const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
console.log(
  `${trees} trees (${stood} processes seen) under ${times.length} owners: ${left} survivors; ` +
    `gone after ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (slowest)`,
);
process.exit(left === 0 ? 0 : 1);
