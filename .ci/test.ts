// Every test, under Deno and under Bun; the second suite runs even when the first has failed. On Linux a part of those
// on Windows comes last, under Wine, if it can begin within `--windows-within` seconds.

import { parseArgs } from "@std/cli/parse-args";
import { closing, DOCS, suites, tally } from "./suites.ts";
import { installWindows, testOnWindows } from "./windows/suites.ts";
import { QUICK } from "./windows/tests.ts";

const WINDOWS_LIMIT = 120; // seconds for each suite there
const options = parseArgs(Deno.args, { string: ["windows-within"] });

// Most tests ask Linux for the truth; what a Mac can be asked is in a folder of its own.
const onMac = Deno.build.os === "darwin";
const folders = onMac ? ["tests/abi", "tests/darwin"] : ["tests"];
const all = onMac ? suites(folders) : [...suites(folders), DOCS];

const results = [];
for (const suite of all) results.push(await tally(suite, true));
const latest = options["windows-within"];
if (latest !== undefined) results.push(...await onWindows(Number(latest)));
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);

async function onWindows(latest: number) {
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
