import { assertEquals } from "@std/assert";
import { SharedArray } from "@procref/procref/sync";
import { RUNTIMES, temporaryDirectory, test } from "../harness/mod.ts";
import { TestRunner } from "../testing/test_runner.ts";
import { freshName } from "./stage.ts";

const ROUNDS = 200;
const FILES = ["first", "second", "third", "fourth"].map((name) => `./${name}.case.ts`);
const FLAGS = { deno: ["--parallel", "--quiet"], bun: ["--parallel=4"] };

for (const runtime of RUNTIMES) {
  test(`four test files side by side count exactly (${runtime} test ${FLAGS[runtime][0]})`, async () => {
    using fresh = freshName("isolates");
    using directory = temporaryDirectory();
    using values = SharedArray.open(fresh.name, Float64Array, 6);
    await using runner = new TestRunner(runtime, {
      args: [...FLAGS[runtime], ...FILES],
      env: { COUNT_NAME: fresh.name, COUNT_ROUNDS: String(ROUNDS), DENO_JOBS: "4" },
      output: `${directory.path}/output`,
      cwd: new URL("./isolates/", import.meta.url),
    });
    assertEquals(await runner.ended, 0, runner.output);
    const [count, arrived, ...pids] = values;
    assertEquals([count, arrived], [4 * ROUNDS, 4]);
    // Deno's test files are threads of one process, Bun's are processes.
    assertEquals(new Set(pids).size, runtime === "deno" ? 1 : 4);
  });
}
