// What to run before every commit: format, lint, types, quick tests of both runtimes, publish dry run.

import { entries } from "./config.ts";
import { BUN, DENO, run, type Step } from "./steps.ts";
import { closing, suites, tally } from "./suites.ts";

const CODE = ["mod.ts", "ffi", "src", "tests", "examples", "docs", "bench", ".ci"];
const QUICK = [
  "tests/ffi",
  "tests/process",
  "tests/counter/sysv_test.ts",
  "tests/counter/mach/keeper_test.ts",
  "tests/model",
  "tests/service/machine_test.ts",
  "tests/service/life_test.ts",
  "tests/service/record_test.ts",
  "tests/sync/memory_test.ts",
  "tests/child/shared_child_test.ts",
  "tests/group/group_test.ts",
  "tests/cli/schema_test.ts",
  "tests/daemon/pid_file_test.ts",
  "tests/command/output_test.ts",
  "tests/command/capture_test.ts",
];

const checks: readonly Step[] = [
  { title: "format", command: [DENO, "fmt", "--check"] },
  { title: "lint", command: [DENO, "lint"] },
  { title: "documentation", command: [DENO, "doc", "--lint", ...await entries()] },
  { title: "types (Deno)", command: [DENO, "check", ...CODE] },
  { title: "types (tsc)", command: [BUN, "x", "tsc", "-p", "."] },
  { title: "platforms", command: [DENO, "run", "-A", ".ci/platforms.ts", "--check"] },
  { title: "bundle", command: [DENO, "run", "-A", ".ci/bundle.ts", "--check"] },
  { title: "schema", command: [DENO, "run", "-A", ".ci/schema.ts", "--check"] },
  { title: "quotes", command: [DENO, "run", "-A", ".ci/quotes.ts", "--check"] },
  { title: "sizes", command: [DENO, "run", "-A", ".ci/sizes.ts", "--check"] },
  { title: "JSR score", command: [DENO, "run", "-A", ".ci/score.ts"] },
  {
    title: "publish",
    command: [DENO, "run", "-A", ".ci/publish.ts", "--dry-run", "--allow-dirty", "--quiet"],
  },
];

const passed: boolean[] = [];
for (const check of checks) {
  const { success, told } = await run(check);
  if (!success) console.log(told);
  passed.push(success);
}
const tallies = [];
for (const suite of suites(QUICK)) tallies.push(await tally(suite, false));
console.log(closing(tallies));
Deno.exit(passed.every(Boolean) && tallies.every(({ failed }) => failed === 0) ? 0 : 1);
