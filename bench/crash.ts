// Crash to stopped: from the SIGKILL of the last client until its service is gone.

import { readdirSync } from "node:fs";
import { waitForExit } from "../src/process/mod.ts";
import { type Program, start } from "../tests/harness/program.ts";
import type { Benchmark } from "./lib/benchmark.ts";
import { bunCommand, type RuntimeName, RUNTIMES } from "./lib/command.ts";
import { strips } from "./lib/strips.ts";
import { atMost, type Picture, type Row } from "./lib/report.ts";
import { interleaved } from "./lib/rounds.ts";
import type { Scratch } from "./lib/scratch.ts";
import { median, quantile } from "./lib/statistics.ts";
import { milliseconds } from "./lib/units.ts";

const P50 = 50; // ms
const P99 = 250;
const ROUNDS = 120;

/** What a shell needs to run code from standard input in a runtime, as a guardian does. */
const FROM_STDIN: Record<RuntimeName, readonly string[]> = {
  deno: [Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-lock", "--allow-ffi", "-"],
  bun: [bunCommand(), "run", "-"],
};

/** Kills the program, which has told its service's pid, and waits for the service. */
async function crash(program: Program): Promise<number> {
  await using client = program;
  client.tell("pid");
  const service = Number(await client.line());
  const stopped = waitForExit(service, { timeout: 10_000 });
  const begin = performance.now();
  client.signal("SIGKILL");
  await stopped;
  return performance.now() - begin;
}

/** The guardian removes the record last: then the round is over. */
async function emptied(directory: string): Promise<void> {
  while (readdirSync(directory).length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function crashWithService(runtime: RuntimeName, directory: string): Promise<number> {
  const script = new URL("./scripts/keeper.ts", import.meta.url);
  const duration = await crash(start(runtime, script, { args: [directory] }));
  await emptied(directory);
  return duration;
}

function crashBare(runtime: RuntimeName): Promise<number> {
  const script = new URL("./scripts/bare.ts", import.meta.url);
  return crash(start(runtime, script, { args: FROM_STDIN[runtime] }));
}

function rows(samples: Readonly<Record<string, readonly number[]>>): Row[] {
  return Object.entries(samples).map(([label, series]) => {
    const [p50, p99] = [median(series), quantile(series, 0.99)];
    const cells = [label, ...[p50, p99, Math.max(...series)].map(milliseconds)];
    if (label.endsWith("floor")) return { cells };
    const verdict = atMost(p50, P50) === "pass" ? atMost(p99, P99) : "MISS";
    return { cells, goal: `p50 ${P50} ms, p99 ${P99} ms`, verdict };
  });
}

function picture(samples: Readonly<Record<string, readonly number[]>>): Picture {
  return {
    name: "crash_to_stopped",
    alt:
      "Milliseconds from the SIGKILL of the last client to the end of the service, round by round",
    svg: strips({
      title: "From the SIGKILL of the last client to the end of the service",
      unit: "ms",
      strips: Object.entries(samples).map(([label, series]) => ({
        label,
        samples: series,
        quiet: label.endsWith("floor"),
      })),
      marks: [{ at: P50, label: `goal for the p50: ${P50} ms` }],
    }),
  };
}

async function measure(scratch: Scratch): Promise<Record<string, number[]>> {
  const competitors: Record<string, () => Promise<number>> = {};
  for (const runtime of RUNTIMES) {
    const directory = scratch.directory();
    competitors[runtime] = () => crashWithService(runtime, directory);
    competitors[`${runtime}, floor`] = () => crashBare(runtime);
  }
  return await interleaved(competitors, ROUNDS, 2);
}

export const crashToStopped: Benchmark = async (scratch) => {
  const samples = await measure(scratch);
  return {
    title: "Crash to stopped: the last client is killed, and the guardian stops the service",
    head: ["", "p50", "p99", "worst"],
    rows: rows(samples),
    notes: [
      `${ROUNDS} interleaved rounds; the service is \`sleep\`, its end is seen by a pidfd.`,
      "The floor is a shell in `read` that runs the runtime, which opens libc and calls kill: nothing is decided, nothing is looked at.",
    ],
    pictures: [picture(samples)],
  };
};
