// Every test, under Deno and under Bun; the second suite runs even when the first has failed.

import { closing, DOCS, suites, tally } from "./suites.ts";

const results = [];
for (const suite of [...suites(["tests"]), DOCS]) results.push(await tally(suite, true));
console.log(closing(results));
Deno.exit(results.some(({ failed }) => failed > 0) ? 1 : 0);
