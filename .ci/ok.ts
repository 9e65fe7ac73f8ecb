// What to run before every commit: format, lint, types, quick tests of both runtimes, publish dry run.

import { BUN, DENO, run, type Step } from "./steps.ts";
import { closing, suites, tally } from "./suites.ts";

const ENTRIES = [
  "mod.ts",
  "src/process/mod.ts",
  "src/counter/mod.ts",
  "src/service/mod.ts",
  "src/sync/mod.ts",
  "src/child/mod.ts",
  "src/group/mod.ts",
  "src/testing/mod.ts",
];
const CODE = ["mod.ts", "ffi", "src", "tests", "examples", "bench", ".ci"];
const QUICK = [
  "tests/ffi",
  "tests/process",
  "tests/counter",
  "tests/model",
  "tests/service/machine_test.ts",
  "tests/service/life_test.ts",
  "tests/service/record_test.ts",
  "tests/sync/mutex_test.ts",
  "tests/sync/memory_test.ts",
  "tests/child/shared_child_test.ts",
  "tests/group/group_test.ts",
];

const checks: readonly Step[] = [
  { title: "format", command: [DENO, "fmt", "--check"] },
  { title: "lint", command: [DENO, "lint"] },
  { title: "documentation", command: [DENO, "doc", "--lint", ...ENTRIES] },
  { title: "types (Deno)", command: [DENO, "check", ...CODE] },
  { title: "types (tsc)", command: [BUN, "x", "tsc", "-p", "."] },
  { title: "platforms", command: [DENO, "run", "-A", ".ci/platforms.ts", "--check"] },
  { title: "bundle", command: [DENO, "run", "-A", ".ci/bundle.ts", "--check"] },
  {
    title: "publish",
    command: [DENO, "publish", "--dry-run", "--allow-dirty", "--no-check", "--quiet"],
  },
];

const passed: boolean[] = [];
for (const check of checks) passed.push(await run(check));
const tallies = [];
for (const suite of suites(QUICK)) tallies.push(await tally(suite, false));
console.log(closing(tallies));
Deno.exit(passed.every(Boolean) && tallies.every(({ failed }) => failed === 0) ? 0 : 1);
