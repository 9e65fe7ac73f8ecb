// What programs are run for, against the runtime's own API, execa and dax.
// By itself: deno run -A bench/command_run.ts [capture|lines|bytes|fanout]...

import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { asText, atMost, type Report, type Row, type Verdict } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import { median, pairedRatio } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const WAYS = ["native", "procref", "execa", "dax"] as const;
type Way = typeof WAYS[number];
type Samples = Readonly<Record<Way, readonly number[]>>;

interface Task {
  readonly title: string;
  readonly rounds: number;
  /** Runs of one round. */
  readonly repeat: number;
  readonly note: string;
  /** The goal of procref, in words and judged. */
  judge(samples: Samples): { goal: string; verdict: Verdict };
}

/** At most so many times what another takes. */
function within(ratio: number, peer: Way, goal: string): Task["judge"] {
  return (samples) => ({
    goal,
    verdict: atMost(pairedRatio(samples.procref, samples[peer]), ratio),
  });
}

const TASKS = {
  capture: {
    title: "Run `echo hi` and have its output",
    rounds: 21,
    repeat: 30,
    note: "One after the other. procref's run is in a cgroup of its own; the others' are not.",
    judge: within(1.2, "native", "x1.2"),
  },
  fanout: {
    title: "Run 16 of them at once",
    rounds: 21,
    repeat: 4,
    note: "The time until all 16 are over.",
    judge: within(1.2, "native", "x1.2"),
  },
  lines: {
    title: "Read 150,000 lines (1 MB)",
    rounds: 15,
    repeat: 3,
    note: "native and dax give them at the end, all at once; procref and execa as they come.",
    judge: within(1, "execa", "execa's"),
  },
  bytes: {
    title: "Stream 256 MiB",
    rounds: 9,
    repeat: 1,
    note: "At least 0.95 of the runtime's throughput is at most x1.05 of its time.",
    judge: within(1 / 0.95, "native", "x1.05"),
  },
} as const satisfies Record<string, Task>;

async function measure(runtime: typeof RUNTIMES[number], name: string, task: Task): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const workers = new Map(
    WAYS.map((way) => [way, stack.use(scriptWorker(runtime, "command.ts", name, way))]),
  );
  const ask = async (way: Way) => Number(await workers.get(way)?.ask(String(task.repeat)));
  const samples: Samples = await interleaved({
    native: () => ask("native"),
    procref: () => ask("procref"),
    execa: () => ask("execa"),
    dax: () => ask("dax"),
  }, task.rounds);
  return WAYS.map((way) => ({
    cells: [
      `${runtime}: ${way}`,
      milliseconds(median(samples[way])),
      way === "native" ? "" : times(pairedRatio(samples[way], samples.native)),
    ],
    ...(way === "procref" ? task.judge(samples) : {}),
  }));
}

const FLAT = 64; // MiB; a quarter of what is written, and more than a garbage collector lets lie about

/** What a capture of 256 MiB that keeps 1 MiB adds to the process's memory, the second time. */
async function boundedMemory(runtime: typeof RUNTIMES[number]): Promise<Row> {
  await using worker = scriptWorker(runtime, "command.ts", "bounded", "procref");
  const added = Number(await worker.ask("1")) / 2 ** 20;
  return {
    cells: [`${runtime}: procref, keeping 1 MiB: memory`, `${added.toFixed(1)} MiB`, ""],
    goal: `${FLAT} MiB`,
    verdict: atMost(added, FLAT),
  };
}

function benchmark(name: keyof typeof TASKS): Benchmark {
  return async (): Promise<Report> => {
    const task: Task = TASKS[name];
    const rows: Row[] = [];
    for (const runtime of RUNTIMES) rows.push(...await measure(runtime, name, task));
    if (name === "bytes") {
      for (const runtime of RUNTIMES) {
        rows.push(await boundedMemory(runtime));
      }
    }
    return {
      title: task.title,
      head: ["", "time", "to native"],
      rows,
      notes: [`Medians of ${task.rounds} interleaved rounds of ${task.repeat}.`, task.note],
    };
  };
}

/** A small capture. */
export const commandCapture: Benchmark = benchmark("capture");
/** Several at once. */
export const commandFanout: Benchmark = benchmark("fanout");
/** Many lines. */
export const commandLines: Benchmark = benchmark("lines");
/** Many bytes. */
export const commandBytes: Benchmark = benchmark("bytes");

if (import.meta.main) {
  const { makeScratch } = await import("./lib/scratch.ts");
  using scratch = makeScratch();
  for (const name of Object.keys(TASKS) as (keyof typeof TASKS)[]) {
    if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
    console.log(asText(await benchmark(name)(scratch)));
  }
}
