// What an import costs: whole processes that import one module and end, against one that imports an empty module.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Benchmark } from "./lib/benchmark.ts";
import { runCommand, RUNTIMES, wallTime } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { bestDifference, median, pairedDifference } from "./lib/statistics.ts";
import { difference, milliseconds } from "./lib/units.ts";

const ROUNDS = 80;
const EMPTY = "an empty module";

const SUBJECTS: readonly { name: string; file: string; goal?: number }[] = [
  { name: EMPTY, file: "bench/scripts/empty.ts" },
  { name: "./process", file: "src/process/mod.ts" },
  { name: "./counter", file: "src/counter/mod.ts" },
  { name: "./service", file: "src/service/mod.ts", goal: 4 },
  { name: "./testing", file: "src/testing/mod.ts" },
  { name: "mod.ts", file: "mod.ts" },
].map((subject) => ({
  ...subject,
  file: fileURLToPath(new URL(`../${subject.file}`, import.meta.url)),
}));

const present = SUBJECTS.filter(({ file }) => existsSync(file));

/** Writes the importing script. JavaScript, so that no transpiler takes part in it. */
function importing(file: string, scratch: Scratch): string {
  const script = `${scratch.directory()}/main.js`;
  Deno.writeTextFileSync(script, `import ${JSON.stringify(file)};\n`);
  return script;
}

async function run(scratch: Scratch): Promise<Row[]> {
  const competitors: Record<string, () => number> = {};
  for (const { name, file } of present) {
    const script = importing(file, scratch);
    for (const runtime of RUNTIMES) {
      const command = runCommand(runtime, script);
      competitors[`${runtime} ${name}`] = () => wallTime(command);
    }
  }
  const samples = await interleaved(competitors, ROUNDS, 3);
  return RUNTIMES.flatMap((runtime) => {
    const floor = samples[`${runtime} ${EMPTY}`] ?? [];
    return present.map(({ name, goal }): Row => {
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
    `Whole processes, ${ROUNDS} interleaved rounds, caches warm. The goal is for the median of the differences; "best to best" compares the quickest runs.`,
    ...SUBJECTS.filter((subject) => !present.includes(subject))
      .map(({ name }) => `Left out, because it is not there: ${name}.`),
  ],
});
