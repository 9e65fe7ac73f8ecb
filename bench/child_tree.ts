// Killing a tree of 10, 100 and 1,000 processes: how long until the call returns, and who survives it; beside execa
// (killDescendants) and tree-kill on the same trees. By itself: deno run -A bench/child_tree.ts

import { newTag } from "../tests/group/trees.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { asText, atMost, type Report, type Row } from "./lib/report.ts";
import { median } from "./lib/statistics.ts";
import { milliseconds } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const WAYS = ["procref", "execa", "tree-kill"] as const;
const SIZES = [{ count: 10, rounds: 5 }, { count: 100, rounds: 3 }, {
  count: 1000,
  rounds: 1,
}] as const;
const TRICKS = ["flat", "session"] as const;

/** Kills trees of every size in one way. */
async function measure(runtime: typeof RUNTIMES[number], way: typeof WAYS[number]): Promise<Row[]> {
  await using worker = scriptWorker(runtime, "child_tree.ts", way);
  const rows: Row[] = [];
  for (const trick of TRICKS) {
    for (const { count, rounds } of SIZES) {
      const times: number[] = [];
      let survivors = 0;
      for (let round = 0; round < rounds; round++) {
        const [time, left] = (await worker.ask(`${count} ${trick} ${newTag()}`)).split(" ").map(
          Number,
        );
        times.push(time ?? NaN);
        survivors += left ?? NaN;
      }
      const cells = [
        `${runtime}, ${way}: ${count} processes, ${trick}`,
        milliseconds(median(times)),
        `${survivors} of ${rounds * (count + 1)}`,
      ];
      rows.push(
        way === "procref" ? { cells, goal: "0", verdict: atMost(survivors, 0) } : { cells },
      );
    }
  }
  return rows;
}

/** Killing trees. */
export const childTree: Benchmark = async (): Promise<Report> => {
  const rows: Row[] = [];
  for (const runtime of RUNTIMES) {
    for (const way of WAYS) rows.push(...await measure(runtime, way));
  }
  return {
    title: "Kill a process tree",
    head: ["", "killed in", "survivors"],
    rows,
    notes: [
      "Medians. flat: plain children; session: each child is in a session of its own. procref's killAll() returns when",
      "nothing is left; the others return when the root has ended. Survivors are counted 100 ms later.",
    ],
  };
};

if (import.meta.main) {
  const { makeScratch } = await import("./lib/scratch.ts");
  using scratch = makeScratch();
  console.log(asText(await childTree(scratch)));
}
