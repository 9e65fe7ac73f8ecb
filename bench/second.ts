// A service that runs already: what another acquire() and release() cost in one process.

import type { Benchmark } from "./lib/benchmark.ts";
import { RUNTIMES } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median, quantile } from "./lib/statistics.ts";
import { milliseconds } from "./lib/units.ts";
import { scriptWorker, type Worker } from "./lib/worker.ts";

const GOAL = 1;
const ROUNDS = 20;
const TURNS = 40;

const SUBJECTS = [
  { what: "service", label: "acquire() and release()", goal: GOAL },
  { what: "lock", label: "proper-lockfile lock() and unlock()", goal: undefined },
] as const;

type Subject = typeof SUBJECTS[number];

async function measure(worker: Worker, { what }: Subject): Promise<number[]> {
  const answer: unknown = JSON.parse(await worker.ask(`${what} ${TURNS}`));
  if (!Array.isArray(answer)) throw new Error(`Not a list of samples: ${answer}`);
  return answer.map(Number);
}

function row(name: string, { label, goal }: Subject, samples: readonly number[]): Row {
  const p50 = median(samples);
  const cells = [`${name}, ${label}`, milliseconds(p50), milliseconds(quantile(samples, 0.99))];
  if (goal === undefined) return { cells };
  return { cells, goal: `p50 ${goal} ms`, verdict: atMost(p50, goal) };
}

async function run(scratch: Scratch): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const contests = RUNTIMES.flatMap((runtime) => {
    const directory = scratch.directory();
    const worker = scriptWorker(runtime, "second.ts", directory, `${directory}/peer`);
    stack.use(worker);
    return SUBJECTS.map((subject) => ({
      runtime,
      subject,
      worker,
      samples: [] as number[],
    }));
  });
  for (let round = -2; round < ROUNDS; round++) {
    for (const { worker, subject, samples } of contests) {
      const more = await measure(worker, subject);
      if (round >= 0) samples.push(...more);
    }
  }
  return contests.map(({ runtime, subject, samples }) => row(runtime, subject, samples));
}

export const second: Benchmark = async (scratch) => ({
  title: "A running service: acquire() and release() in one process",
  head: ["", "p50", "p99"],
  rows: await run(scratch),
  notes: [
    `${ROUNDS} interleaved rounds of ${TURNS} each. The peer takes a lock file that nobody else wants.`,
  ],
});
