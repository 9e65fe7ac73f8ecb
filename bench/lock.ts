// A contended lock: 8 processes take it 500 times each.

import type { Benchmark } from "./lib/benchmark.ts";
import { bars } from "./lib/bars.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { compile, NO_COMPILER } from "./lib/floor.ts";
import { atMost, type Picture, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median } from "./lib/statistics.ts";
import { milliseconds, times } from "./lib/units.ts";
import { scriptWorker } from "./lib/worker.ts";

const GOAL = 1500; // ms
const PROCESSES = 8;
const TIMES = 500;
const ROUNDS = 4;
const FLOOR = "C, flock(2)";

/** One way to take a lock, in one runtime. */
interface Contest {
  readonly label: string;
  readonly runtime: RuntimeName;
  readonly kind: "counter" | "short" | "own";
  readonly target: string;
  /** The longest wait of each round. */
  readonly waits: number[];
}

function contest(runtime: RuntimeName, kind: Contest["kind"], scratch: Scratch): Contest {
  const file = `${scratch.directory()}/file`;
  const how = { counter: "lock()", short: "proper-lockfile, 1 ms", own: "proper-lockfile" }[kind];
  const target = kind === "counter" ? `bench ${crypto.randomUUID()}` : file;
  return { label: `${runtime}, ${how}`, runtime, kind, target, waits: [] };
}

/** The milliseconds from the word to the last process's answer. The processes have started before. */
async function contend({ runtime, kind, target, waits }: Contest): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const workers = Array.from({ length: PROCESSES }, () => {
    const worker = scriptWorker(runtime, "lock.ts", kind, target, String(TIMES));
    stack.use(worker);
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.ask("ready")));
  const begin = performance.now();
  const longest = await Promise.all(workers.map((worker) => worker.ask("go")));
  const end = performance.now();
  waits.push(Math.max(...longest.map(Number)));
  return end - begin;
}

async function contendInC(program: string, file: string): Promise<number> {
  const args = [file, String(PROCESSES), String(TIMES)];
  const { stdout, success } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error("The floor failed");
  return Number(new TextDecoder().decode(stdout));
}

interface Result {
  readonly label: string;
  readonly duration: number;
  readonly contest?: Contest;
}

async function measure(scratch: Scratch): Promise<Result[]> {
  const contests = RUNTIMES.flatMap((runtime) => [
    contest(runtime, "counter", scratch),
    contest(runtime, "short", scratch),
  ]);
  const competitors: Record<string, () => Promise<number>> = {};
  const program = compile("flock.c", scratch);
  if (program !== undefined) {
    competitors[FLOOR] = () => contendInC(program, `${scratch.path}/flock.file`);
  }
  for (const one of contests) competitors[one.label] = () => contend(one);
  const samples = await interleaved(competitors, ROUNDS);
  const slow = contest("bun", "own", scratch);
  return [
    ...Object.entries(samples).map(([label, durations]) => {
      const found = contests.find((one) => one.label === label);
      return { label, duration: median(durations), ...(found && { contest: found }) };
    }),
    { label: slow.label, duration: await contend(slow), contest: slow },
  ];
}

function rows(results: readonly Result[]): Row[] {
  const measured = results.map(({ label, duration, contest }): Row => {
    const peer = results.find((one) =>
      one.contest?.kind === "short" && one.contest.runtime === contest?.runtime
    );
    const cells = [
      label,
      milliseconds(duration),
      milliseconds(duration / (PROCESSES * TIMES)),
      contest === undefined ? "" : milliseconds(median(contest.waits)),
      peer === undefined ? "" : times(duration / peer.duration),
    ];
    if (contest?.kind !== "counter") return { cells };
    return { cells, goal: milliseconds(GOAL), verdict: atMost(duration, GOAL) };
  });
  const floor = results.some(({ label }) => label === FLOOR);
  return floor ? measured : [{ cells: [FLOOR, NO_COMPILER, "", "", ""] }, ...measured];
}

function picture(results: readonly Result[]): Picture {
  return {
    name: "lock_contention",
    alt: "Seconds for 4,000 acquisitions of one lock by 8 processes",
    svg: bars({
      title: `${PROCESSES} processes take one lock ${TIMES} times each`,
      bars: results.map(({ label, duration, contest }) => ({
        label,
        value: duration,
        text: milliseconds(duration),
        quiet: contest?.kind !== "counter",
      })),
    }),
  };
}

export const lock: Benchmark = async (scratch) => {
  const results = await measure(scratch);
  return {
    title: `A contended lock: ${PROCESSES} processes take it ${TIMES} times each`,
    head: ["", "all", "one", "longest wait", "to 1 ms peer"],
    rows: rows(results),
    notes: [
      `Medians of ${ROUNDS} interleaved rounds; the last line is one round. Process starts are not counted.`,
      "proper-lockfile cannot wait, it tries again: after 1 ms, the shortest pause that it takes, or after its",
      "own pauses, which begin with a second and double.",
    ],
    pictures: [picture(results)],
  };
};
