// Every test of this system, under Deno and under Bun; the second suite runs even when the first has failed. On Linux a
// part of those on Windows comes last, under Wine, if it can begin within `--windows-within` seconds.

import { parseArgs } from "@std/cli/parse-args";
import { MAC } from "./darwin/tests.ts";
import { closing, DOCS, suites, type Tally, tally } from "./suites.ts";
import { installWindows, testOnWindows } from "./windows/suites.ts";
import { QUICK, TESTS } from "./windows/tests.ts";

const WINDOWS_LIMIT = 120; // seconds for each suite there
const options = parseArgs(Deno.args, { string: ["windows-within"] });

const results = await own();
const latest = options["windows-within"];
if (latest !== undefined) results.push(...await onWindows(Number(latest)));
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);

/** Most tests ask Linux for the truth; of the others each system has its list. */
async function own(): Promise<Tally[]> {
  const { os } = Deno.build;
  if (os === "windows") return await testOnWindows(TESTS);
  const results: Tally[] = [];
  for (const suite of os === "darwin" ? suites(MAC) : [...suites(["tests"]), DOCS]) {
    results.push(await tally(suite, true));
  }
  return results;
}

async function onWindows(latest: number): Promise<Tally[]> {
  const passed = performance.now() / 1000;
  if (passed > latest) {
    console.log(`Windows: not run, ${Math.round(passed - latest)} s late`);
    return [];
  }
  try {
    await installWindows();
  } catch (error) {
    console.log(`Windows: not run, no Wine can be had here: ${error}`);
    return [];
  }
  return await testOnWindows(QUICK, WINDOWS_LIMIT);
}
