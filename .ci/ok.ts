// What to run before every commit: format, lint, types, quick tests of both runtimes, publish dry run.

import { BUN, DENO, run, type Step } from "./steps.ts";
import { closing, suites, tally } from "./suites.ts";

const ENTRIES = [
  "mod.ts",
  "src/process/mod.ts",
  "src/counter/mod.ts",
  "src/service/mod.ts",
  "src/sync/mod.ts",
];
const CODE = ["mod.ts", "ffi", "src", "tests", "examples", "bench", ".ci"];
const QUICK = ["tests/process", "tests/counter", "tests/service", "tests/model"];

const checks: readonly Step[] = [
  { title: "format", command: [DENO, "fmt", "--check"] },
  { title: "lint", command: [DENO, "lint"] },
  { title: "documentation", command: [DENO, "doc", "--lint", ...ENTRIES, "src/testing/mod.ts"] },
  { title: "types (Deno)", command: [DENO, "check", ...CODE] },
  { title: "types (tsc)", command: [BUN, "x", "tsc", "-p", "."] },
  { title: "bundle", command: [DENO, "run", "-A", ".ci/bundle.ts", "--check"] },
  {
    title: "publish",
    command: [DENO, "publish", "--dry-run", "--allow-dirty", "--no-check", "--quiet"],
  },
];

const passed: boolean[] = [];
for (const check of checks) passed.push(await run(check));
const tallies = await Promise.all(suites(QUICK).map((suite) => tally(suite, false)));
console.log(closing(tallies));
Deno.exit(passed.every(Boolean) && tallies.every(({ failed }) => failed === 0) ? 0 : 1);
