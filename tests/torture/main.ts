// `deno task torture N [SEED]`: any number of rounds.

import { parseArgs } from "@std/cli/parse-args";
import process from "node:process";
import { round } from "./round.ts";

const { _: [rounds = 300, first = 0] } = parseArgs(process.argv.slice(2));

for (let seed = Number(first); seed < Number(first) + Number(rounds); seed++) {
  await round(seed);
  if (seed % 50 === 49) console.log(`${seed + 1 - Number(first)} rounds`);
}
console.log(`${rounds} rounds, no promise broken`);
process.exit();
