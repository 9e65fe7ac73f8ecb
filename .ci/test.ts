// Every test, under Deno and under Bun; the second suite runs even when the first has failed.

import { closing, DOCS, suites, tally } from "./suites.ts";

// Most tests ask Linux for the truth; what a Mac can be asked is in a folder of its own.
const onMac = Deno.build.os === "darwin";
const folders = onMac ? ["tests/abi", "tests/darwin"] : ["tests"];
const all = onMac ? suites(folders) : [...suites(folders), DOCS];

const results = [];
for (const suite of all) results.push(await tally(suite, true));
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
