import { test } from "../harness/mod.ts";
import { round } from "./round.ts";

// Half of the rounds under each runner: the clients are of both runtimes anyway.
const ROUNDS = 150;
const FIRST = "Bun" in globalThis ? 1000 : 2000;

test(`${ROUNDS} rounds of random SIGKILL: one service at most, and nothing is left`, async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) await round(seed);
});
