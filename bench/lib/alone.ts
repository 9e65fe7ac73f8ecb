import type { Benchmark } from "./benchmark.ts";
import { machine } from "./machine.ts";
import { asText, passed } from "./report.ts";
import { makeScratch } from "./scratch.ts";

/** Runs one benchmark by itself: for files that are started directly. */
export async function alone(benchmark: Benchmark): Promise<void> {
  console.log(`${machine()}\n`);
  using scratch = makeScratch();
  const report = await benchmark(scratch);
  console.log(asText(report));
  if (!passed(report)) Deno.exitCode = 1;
}
