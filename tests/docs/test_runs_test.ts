import { assertEquals, assertStringIncludes } from "@std/assert";
import { type RuntimeName, temporaryDirectory, test } from "../harness/mod.ts";
import { TestRunner } from "../testing/test_runner.ts";
import { PostgresPath } from "./postgres_path.ts";

const GONE = 10_000;
const FILES = { deno: ["."], bun: ["./orders_test.ts", "./users_test.ts"] } as const;

const WITH_POSTGRES: readonly [page: string, runtime: RuntimeName, ...args: string[]][] = [
  ["postgres_bun_test", "bun"],
  ["postgres_bun_test", "bun", "--parallel"],
  ["postgres_bun_test", "bun", "--isolate"],
  ["postgres_deno_test", "deno", "."],
  ["postgres_deno_test", "deno", "--parallel", "."],
  ["from_testcontainers", "deno", ...FILES.deno],
  ["from_testcontainers", "bun", ...FILES.bun],
];

for (const [page, runtime, ...args] of WITH_POSTGRES) {
  const title = [runtime, "test", ...args].join(" ");

  test(`docs/${page}: ${title} passes on one Postgres, which goes with it`, async () => {
    using postgres = new PostgresPath();
    using directory = temporaryDirectory();
    const output = `${directory.path}/output`;
    const cwd = new URL(`../../docs/${page}/`, import.meta.url);
    await using runner = new TestRunner(runtime, { args, env: postgres.env, output, cwd });
    assertEquals(await runner.ended, 0, runner.output);
    assertStringIncludes(runner.output, runtime === "bun" ? "2 pass\n" : "2 passed");
    assertEquals(postgres.starts(), 1);
    await postgres.gone(GONE);
  });
}

for (
  const [runtime, ...args] of [
    ["deno", "."],
    ["deno", "--parallel", "."],
    ["bun", "./first_test.ts", "./second_test.ts"],
    ["bun", "--parallel", "./first_test.ts", "./second_test.ts"],
  ] as const
) {
  test(`docs/from_global_setup: ${runtime} test ${args[0]} has one server for all files`, async () => {
    using directory = temporaryDirectory();
    const output = `${directory.path}/output`;
    const cwd = new URL("../../docs/from_global_setup/", import.meta.url);
    await using runner = new TestRunner(runtime, { args, env: {}, output, cwd });
    assertEquals(await runner.ended, 0, runner.output);
    const answers = runner.output.match(/I am \d+/g) ?? [];
    assertEquals(answers.length, 2, runner.output);
    assertEquals(new Set(answers).size, 1);
  });
}
