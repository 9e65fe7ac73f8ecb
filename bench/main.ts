// deno task bench [name...]: measures, prints one table per benchmark, and keeps the tables of a whole run in
// bench/results.md and the pictures in bench/results/.

import { fileURLToPath } from "node:url";
import { childSpawn } from "./child_spawn.ts";
import { childTree } from "./child_tree.ts";
import { client } from "./client.ts";
import { commandBytes, commandCapture, commandFanout, commandLines } from "./command_run.ts";
import { counter } from "./counter.ts";
import { crashToStopped } from "./crash.ts";
import { guardian } from "./guardian.ts";
import { imports } from "./imports.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { machine } from "./lib/machine.ts";
import { asMarkdown, asText, passed, type Report } from "./lib/report.ts";
import { makeScratch } from "./lib/scratch.ts";
import { lock } from "./lock.ts";
import { second } from "./second.ts";
import { syncContention } from "./sync_contention.ts";
import { syncDeath } from "./sync_death.ts";
import { syncHandover } from "./sync_handover.ts";
import { syncMemory } from "./sync_memory.ts";
import { syncPair } from "./sync_pair.ts";

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  counter,
  second,
  client,
  crash: crashToStopped,
  lock,
  guardian,
  imports,
  "child-spawn": childSpawn,
  "child-tree": childTree,
  "command-capture": commandCapture,
  "command-fanout": commandFanout,
  "command-lines": commandLines,
  "command-bytes": commandBytes,
  "sync-pair": syncPair,
  "sync-handover": syncHandover,
  "sync-death": syncDeath,
  "sync-contention": syncContention,
  "sync-memory": syncMemory,
};

function chosen(names: readonly string[]): [string, Benchmark][] {
  const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown.length > 0) {
    console.error(`No such benchmark: ${unknown.join(", ")}`);
    console.error(`There are: ${Object.keys(BENCHMARKS).join(", ")}`);
    Deno.exit(2);
  }
  return Object.entries(BENCHMARKS)
    .filter(([name]) => names.length === 0 || names.includes(name));
}

/** Keeps the tables and pictures for the README. */
function keep(reports: readonly Report[], where: string): void {
  const folder = new URL("./results/", import.meta.url);
  Deno.mkdirSync(folder, { recursive: true });
  const text = [`Measured by \`deno task bench\` on ${where}.`, "", ...reports.map(asMarkdown)];
  Deno.writeTextFileSync(new URL("./results.md", import.meta.url), `${text.join("\n").trim()}\n`);
  for (const { name, svg } of reports.flatMap(({ pictures = [] }) => pictures)) {
    Deno.writeTextFileSync(new URL(`${name}.svg`, folder), svg);
  }
  // `deno fmt --check` looks at Markdown and SVG too.
  const kept = [folder, new URL("./results.md", import.meta.url)].map((url) => fileURLToPath(url));
  new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", ...kept] }).outputSync();
}

async function main(): Promise<boolean> {
  const where = machine();
  const benchmarks = chosen(Deno.args);
  console.log(`${where}\n`);
  const reports: Report[] = [];
  using scratch = makeScratch();
  for (const [, benchmark] of benchmarks) {
    const report = await benchmark(scratch);
    console.log(asText(report));
    reports.push(report);
  }
  // Tables of different runs are not to be compared, so only a whole run is kept.
  if (Deno.args.length === 0) keep(reports, where);
  return reports.every(passed);
}

if (!await main()) Deno.exit(1);
