// counter.ts held|alone NAME: what bench/c/counter.c does, through the public class.

import process from "node:process";
import { openCounter } from "../../src/counter/mod.ts";
import { answer } from "./lines.ts";

const [, , mode, name = ""] = process.argv;
const held = mode === "held" ? 1 : 0;
using other = openCounter(name);
using counter = openCounter(name);
if (held) other.acquire();

await answer((line) => {
  const pairs = Number(line);
  let wrong = false;
  const begin = performance.now();
  for (let pair = 0; pair < pairs; pair++) {
    wrong = counter.acquire() !== 1 + held || wrong;
    wrong = counter.release() !== held || wrong;
  }
  const end = performance.now();
  if (wrong) throw new Error("It counted wrong");
  return String((end - begin) * 1e6 / pairs);
});
