// A guardian while nothing happens: its memory, and how often it wakes up.

import { readdirSync, readFileSync } from "node:fs";
import type { Benchmark } from "./lib/benchmark.ts";
import { type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { atMost, type Row } from "./lib/report.ts";
import type { Scratch } from "./lib/scratch.ts";
import { scriptWorker, type Worker } from "./lib/worker.ts";

const PSS_GOAL = 2; // MB
const IDLE = 2000; // ms

/** The number after a word in one of the files of a process (proc(5)). */
function field(pid: number, file: string, word: string): number {
  const line = readFileSync(`/proc/${pid}/${file}`, "utf8").split("\n")
    .find((one) => one.startsWith(`${word}:`));
  if (line === undefined) throw new Error(`/proc/${pid}/${file} has no ${word}`);
  return parseInt(line.slice(word.length + 1));
}

function switches(pid: number): number {
  return field(pid, "status", "voluntary_ctxt_switches") +
    field(pid, "status", "nonvoluntary_ctxt_switches");
}

/** The guardian's pid, from the record of the only service in a directory. */
function guardianOf(directory: string): number {
  const file = readdirSync(directory).find((name) => name.endsWith(".json"));
  const record: unknown = JSON.parse(readFileSync(`${directory}/${file}`, "utf8"));
  const guardian = property(record, "guardian");
  return Number(property(guardian, "pid"));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

interface Watched {
  readonly label: string;
  readonly pid: number;
  readonly goal: boolean;
}

async function watched(
  runtime: RuntimeName,
  scratch: Scratch,
  stack: AsyncDisposableStack,
): Promise<Watched> {
  const directory = scratch.directory();
  const keeper: Worker = scriptWorker(runtime, "keeper.ts", directory);
  stack.use(keeper);
  await keeper.ask("pid");
  return { label: `guardian of a ${runtime} client`, pid: guardianOf(directory), goal: true };
}

/** The floor: a shell that sleeps in read, and nothing more. */
function bareShell(stack: AsyncDisposableStack): Watched {
  const shell = new Deno.Command("sh", { args: ["-c", "read -r line"], stdin: "piped" }).spawn();
  stack.defer(async () => {
    await shell.stdin.close();
    await shell.status;
  });
  return { label: "a bare `sh` in `read`", pid: shell.pid, goal: false };
}

async function run(scratch: Scratch): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const all = [bareShell(stack)];
  for (const runtime of RUNTIMES) all.push(await watched(runtime, scratch, stack));
  const pause = () => new Promise((resolve) => setTimeout(resolve, IDLE));
  await pause();
  const before = all.map(({ pid }) => switches(pid));
  await pause();
  return all.map(({ label, pid, goal }, index): Row => {
    const wakeUps = switches(pid) - (before[index] ?? 0);
    const pss = field(pid, "smaps_rollup", "Pss") / 1024;
    const cells = [
      label,
      `${pss.toFixed(2)} MB`,
      `${(field(pid, "status", "VmRSS") / 1024).toFixed(2)} MB`,
      String(wakeUps),
    ];
    if (!goal) return { cells };
    const verdict = wakeUps === 0 ? atMost(pss, PSS_GOAL) : "MISS";
    return { cells, goal: `${PSS_GOAL} MB PSS, 0 wake-ups`, verdict };
  });
}

export const guardian: Benchmark = async (scratch) => ({
  title: "A guardian while nothing happens",
  head: ["", "PSS", "RSS", "wake-ups"],
  rows: await run(scratch),
  notes: [`PSS from smaps_rollup; wake-ups are the context switches of ${IDLE / 1000} seconds.`],
});
