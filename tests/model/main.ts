// The full search: `deno run -A tests/model/main.ts [part of a scenario's title]`.

import process from "node:process";
import { explore } from "./explore.ts";
import { everyRule } from "./rules.ts";
import { fullSearch, titleOf } from "./scenarios.ts";

const wanted = process.argv[2] ?? "";
for (const scenario of fullSearch.filter((each) => titleOf(each).includes(wanted))) {
  const start = performance.now();
  const result = explore({ scenario, rules: everyRule });
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(result.states / seconds / 1000);
  console.log(
    `${titleOf(scenario)}: ${result.states} states, ${result.transitions} transitions, ` +
      `depth ${result.depth}, ${result.ends} ends, ${result.repairs} repaired, ` +
      `${seconds.toFixed(1)} s (${rate}k states/s): ${result.violated ?? "no violation"}`,
  );
  if (result.trace !== undefined) {
    console.log(result.trace.join("\n"));
    process.exitCode = 1;
  }
}
