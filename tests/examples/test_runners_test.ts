import { assertEquals, assertStringIncludes } from "@std/assert";
import { type RuntimeName, temporaryDirectory, test } from "../harness/mod.ts";
import { TestRunner } from "../testing/test_runner.ts";
import { PostgresLog } from "./postgres_log.ts";

const GONE = 1000;

const RUNS: readonly [runtime: RuntimeName, folder: string, passed: string, ...flags: string[]][] =
  [
    ["bun", "bun-preload", "5 pass"],
    ["bun", "bun-preload", "5 pass", "--parallel"],
    ["bun", "bun-preload", "5 pass", "--isolate"],
    ["bun", "bun-preload", "5 pass", "--bail"],
    ["deno", "deno-test", "5 passed"],
    ["deno", "deno-test", "5 passed", "--parallel"],
  ];

for (const [runtime, folder, passed, ...flags] of RUNS) {
  const title = [runtime, "test", ...flags].join(" ");

  test(`examples/${folder} passes on one Postgres under ${title}`, async () => {
    using log = new PostgresLog();
    using directory = temporaryDirectory();
    await using runner = new TestRunner(runtime, {
      args: runtime === "deno" ? [...flags, "."] : flags,
      env: log.env,
      output: `${directory.path}/output`,
      cwd: new URL(`../../examples/${folder}/`, import.meta.url),
    });
    assertEquals(await runner.ended, 0, runner.output);
    assertStringIncludes(runner.output, passed);
    assertEquals(log.starts(), 1);
    await log.shutDown(GONE);
  });
}
