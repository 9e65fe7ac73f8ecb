// Starting and waiting for a contained child against the runtime's own start, alone and with 512 MB of memory in use.
// By itself: deno run -A bench/child_spawn.ts

import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { asText, atMost, type Report, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import { median, pairedRatio } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

// Bun's child starts inside by Bun's own option. Deno's goal allows for a shell in between, which there is none of.
const GOALS = { bun: 1.15, deno: 2.2 } as const;
const CHILDREN = 30; // a round
const COLD = 4; // rounds, after one in which the processes are only just there
const ROUNDS = 36; // of which the last half counts: by then the runtime has compiled what is called often
const SIZES = [{ bytes: 0, what: "small" }, { bytes: 512 << 20, what: "512 MB in use" }] as const;

const cold = (series: readonly number[]) => series.slice(1, 1 + COLD);
const warm = (series: readonly number[]) => series.slice(ROUNDS / 2);

async function measure(
  runtime: typeof RUNTIMES[number],
  { bytes, what }: typeof SIZES[number],
): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const ways = runtime === "bun" ? ["native", "option", "group", "group-sh"] : ["native", "group"];
  const competitors: Record<string, () => Promise<number>> = {};
  for (const way of ways) {
    const worker = stack.use(scriptWorker(runtime, "child_spawn.ts", way, String(bytes)));
    competitors[way] = async () => Number(await worker.ask(String(CHILDREN)));
  }
  const samples = await interleaved(competitors, ROUNDS, 0);
  const floor = samples["native"] ?? [];
  return Object.entries(samples).map(([way, series]) => {
    const cells = [`${runtime}, ${what}: ${way}`, milliseconds(median(warm(series)))];
    if (way === "native") return { cells: [...cells, "", ""] };
    const ratio = pairedRatio(warm(series), warm(floor));
    cells.push(times(ratio), times(pairedRatio(cold(series), cold(floor))));
    if (way !== "group") return { cells };
    const goal = GOALS[runtime];
    return { cells, goal: `x${goal}`, verdict: atMost(ratio, goal) };
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
    head: ["", "one child", "to native", "at first"],
    rows,
    notes: [
      `Medians of ${
        ROUNDS / 2
      } interleaved rounds of ${CHILDREN} children, one after the other; as many rounds go before.`,
      `At first: the ${
        COLD * CHILDREN
      } of the first children of a process, to as many of the runtime's own.`,
      "option: Bun's own `cgroup` option and the present environment. group-sh: Bun in a group that was killed before, where a launcher joins.",
    ],
  };
};

if (import.meta.main) {
  const { makeScratch } = await import("./lib/scratch.ts");
  using scratch = makeScratch();
  console.log(asText(await childSpawn(scratch)));
}
