// What an import costs: whole processes that import one module and end, against one that imports an empty module.

import { fileURLToPath } from "node:url";
import type { Benchmark } from "./lib/benchmark.ts";
import { runCommand, RUNTIMES, wallTime } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import { packaged } from "./lib/package.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { bestDifference, median, pairedDifference } from "./lib/statistics.ts";
import { difference, milliseconds } from "./lib/units.ts";

const ROUNDS = 80;
const EMPTY = "an empty module";

const SUBJECTS: readonly { name: string; area?: string; goal?: number }[] = [
  { name: EMPTY },
  { name: "./process", area: "process" },
  { name: "./counter", area: "counter" },
  { name: "./service", area: "service", goal: 4 },
  { name: "./testing", area: "testing" },
  { name: "everything", area: "mod" },
];
const EMPTY_MODULE = fileURLToPath(new URL("./scripts/empty.ts", import.meta.url));

/** Writes the importing script. JavaScript, so that no transpiler takes part in it. */
function importing(file: string, scratch: Scratch): string {
  const script = `${scratch.directory()}/main.js`;
  Deno.writeTextFileSync(script, `import ${JSON.stringify(file)};\n`);
  return script;
}

async function run(scratch: Scratch): Promise<Row[]> {
  const entry = await packaged(scratch);
  const competitors: Record<string, () => number> = {};
  for (const { name, area } of SUBJECTS) {
    const script = importing(area === undefined ? EMPTY_MODULE : entry(area), scratch);
    for (const runtime of RUNTIMES) {
      const command = runCommand(runtime, script);
      competitors[`${runtime} ${name}`] = () => wallTime(command);
    }
  }
  const samples = await interleaved(competitors, ROUNDS, 3);
  return RUNTIMES.flatMap((runtime) => {
    const floor = samples[`${runtime} ${EMPTY}`] ?? [];
    return SUBJECTS.map(({ name, goal }): Row => {
      const series = samples[`${runtime} ${name}`] ?? [];
      const more = pairedDifference(series, floor);
      const cells = [
        `${runtime}, ${name}`,
        milliseconds(median(series)),
        name === EMPTY ? "" : difference(more),
        name === EMPTY ? "" : difference(bestDifference(series, floor)),
      ];
      return goal === undefined
        ? { cells }
        : { cells, goal: `+${goal} ms`, verdict: atMost(more, goal) };
    });
  });
}

export const imports: Benchmark = async (scratch) => ({
  title: "Import time",
  head: ["", "p50", "to empty", "best to best"],
  rows: await run(scratch),
  notes: [
    `The package as it is published; whole processes, ${ROUNDS} interleaved rounds, caches warm. The goal is for the median of the differences; "best to best" compares the quickest runs.`,
  ],
});
