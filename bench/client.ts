// A whole client process: it starts, acquires a service that runs, releases it and ends.

import type { Benchmark } from "./lib/benchmark.ts";
import { runCommand, type RuntimeName, RUNTIMES, wallTime } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import { packaged } from "./lib/package.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { bestDifference, median, pairedDifference } from "./lib/statistics.ts";
import { difference, milliseconds } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOAL: Record<RuntimeName, number> = { deno: 12, bun: 10 };
const ROUNDS = 80;

function script(name: string): URL {
  return new URL(`./scripts/${name}`, import.meta.url);
}

/** The client's script, over the package as it is published. */
async function packagedClient(scratch: Scratch): Promise<string> {
  const entry = await packaged(scratch);
  const source = await Deno.readTextFile(script("client.ts"));
  const path = `${scratch.directory()}/client.ts`;
  await Deno.writeTextFile(path, source.replace("../../src/service/mod.ts", entry("service")));
  return path;
}

async function run(scratch: Scratch): Promise<Row[]> {
  const directory = scratch.directory();
  await using keeper = scriptWorker("bun", "keeper.ts", directory);
  await keeper.ask("pid");
  const clientScript = await packagedClient(scratch);
  const competitors: Record<string, () => number> = {};
  for (const runtime of RUNTIMES) {
    const empty = runCommand(runtime, script("empty.ts"));
    const client = [...runCommand(runtime, clientScript), directory];
    competitors[`${runtime} empty`] = () => wallTime(empty);
    competitors[`${runtime} client`] = () => wallTime(client);
  }
  const samples = await interleaved(competitors, ROUNDS, 3);
  return RUNTIMES.flatMap((runtime) => {
    const empty = samples[`${runtime} empty`] ?? [];
    const client = samples[`${runtime} client`] ?? [];
    const more = pairedDifference(client, empty);
    return [
      { cells: [`${runtime}, empty script`, milliseconds(median(empty)), "", ""] },
      {
        cells: [
          `${runtime}, whole client`,
          milliseconds(median(client)),
          difference(more),
          difference(bestDifference(client, empty)),
        ],
        goal: `+${GOAL[runtime]} ms`,
        verdict: atMost(more, GOAL[runtime]),
      },
    ];
  });
}

export const client: Benchmark = async (scratch) => ({
  title: "A whole client process: start, acquire a running service, release, end",
  head: ["", "p50", "to empty", "best to best"],
  rows: await run(scratch),
  notes: [
    `The package as it is published; ${ROUNDS} interleaved rounds, caches warm. The goal is for the median of the differences; "best to best" compares the quickest runs.`,
  ],
});
