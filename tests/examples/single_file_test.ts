import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { type Program, start, test } from "../harness/mod.ts";

const EXAMPLE = new URL("../../examples/single_file.ts", import.meta.url);
const COPIES = 3;
const INTERVAL = 100;

test("copies of examples/single_file.ts share one limit", async () => {
  await using copies = new AsyncDisposableStack();
  const run = () => copies.use(start("deno", EXAMPLE, { args: ["one", "two", "three"] }));
  const programs = Array.from({ length: COPIES }, run);
  const lines = await Promise.all(programs.map(linesOf));
  assertEquals(await Promise.all(programs.map(({ ended }) => ended)), [0, 0, 0]);

  const tasks = lines.map((own) => own.map((line) => line.split(" ")[1]));
  assertEquals(tasks, Array(COPIES).fill(["one", "two", "three"]));
  const times = lines.flat().map((line) => Number(line.split(" ")[0])).sort((a, b) => a - b);
  for (const [index, time] of times.slice(1).entries()) {
    assertGreaterOrEqual(time - (times[index] ?? 0), INTERVAL);
  }
});

async function linesOf(program: Program): Promise<string[]> {
  return [await program.line(), await program.line(), await program.line()];
}
