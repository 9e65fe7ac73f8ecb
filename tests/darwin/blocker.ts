// A process that blocks its thread once, and says how that ended.

import { Semaphore, SharedArray } from "@procref/procref/sync";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { block, word } from "../../src/sync/darwin/channel.ts";

const [way, name = ""] = process.argv.slice(2);
const PATIENCE = 20_000;

/** For a word that does not change. */
function blocked(): string {
  using array = SharedArray.open(name, Int32Array, 1);
  const begun = performance.now();
  block(word(array.values, 0), array.at(0) ?? 0, PATIENCE);
  return performance.now() - begun < PATIENCE / 2 ? "woken" : "not woken";
}

function waited(semaphore: Semaphore): string {
  try {
    semaphore.waitSync({ timeout: 20 });
    return "a unit";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

/** With all descriptors in use. */
function waitedInNeed(): string {
  using semaphore = Semaphore.open(name);
  waited(semaphore); // what is needed once is there from now on
  const taken: number[] = [];
  try {
    for (;;) taken.push(openSync("/dev/null", "r"));
  } catch {
    return waited(semaphore);
  } finally {
    taken.forEach(closeSync);
  }
}

console.log(way === "block" ? blocked() : waitedInNeed());
