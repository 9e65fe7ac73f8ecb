// Starting and waiting for a contained child against the runtime's own start, alone and with 512 MB of memory in use.
// By itself: deno run -A bench/child_spawn.ts

import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { asText, atMost, type Report, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import { median, pairedRatio } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

// Bun starts its child inside; in Deno a shell is in between.
const GOALS = { bun: 1.15, deno: 2.2 } as const;
const ROUNDS = 15;
const CHILDREN = 30;
const SIZES = [{ bytes: 0, what: "small" }, { bytes: 512 << 20, what: "512 MB in use" }] as const;

async function measure(
  runtime: typeof RUNTIMES[number],
  { bytes, what }: typeof SIZES[number],
): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const ways = runtime === "bun" ? ["native", "group", "group-sh"] : ["native", "group"];
  const competitors: Record<string, () => Promise<number>> = {};
  for (const way of ways) {
    const worker = stack.use(scriptWorker(runtime, "child_spawn.ts", way, String(bytes)));
    competitors[way] = async () => Number(await worker.ask(String(CHILDREN)));
  }
  const samples = await interleaved(competitors, ROUNDS, 2);
  const floor = samples["native"] ?? [];
  return Object.entries(samples).map(([way, series]) => {
    const cells = [`${runtime}, ${what}: ${way}`, milliseconds(median(series))];
    const ratio = pairedRatio(series, floor);
    if (way === "native") return { cells: [...cells, ""] };
    if (way === "group-sh") return { cells: [...cells, times(ratio)] };
    const goal = GOALS[runtime];
    return { cells: [...cells, times(ratio)], goal: `x${goal}`, verdict: atMost(ratio, goal) };
  });
}

/** Start and wait, contained and not. */
export const childSpawn: Benchmark = async (): Promise<Report> => {
  const rows: Row[] = [];
  for (const runtime of RUNTIMES) {
    for (const size of SIZES) rows.push(...await measure(runtime, size));
  }
  return {
    title: "Start and wait for /bin/true",
    head: ["", "one child", "to native"],
    rows,
    notes: [
      `Medians of ${ROUNDS} interleaved rounds of ${CHILDREN} children, one after the other.`,
      "group-sh: Bun in a group that was killed before, where a launcher joins.",
    ],
  };
};

if (import.meta.main) {
  const { makeScratch } = await import("./lib/scratch.ts");
  using scratch = makeScratch();
  console.log(asText(await childSpawn(scratch)));
}
