/**
 * What every backend of `RefCounter` promises. A backend's own test file runs this and adds what is particular to it.
 *
 * @module
 */

import { type CounterBackend, openCounter, type RefCounter } from "../../src/counter/mod.ts";
import { countingTests } from "./ref_counter/counting.ts";
import { crashTests } from "./ref_counter/crash.ts";
import { lockTests } from "./ref_counter/lock.ts";
import { modelTests } from "./ref_counter/model.ts";
import { nameTests } from "./ref_counter/names.ts";
import { raceTests } from "./ref_counter/race.ts";
import { waitTests } from "./ref_counter/wait.ts";
import { workerTests } from "./ref_counter/worker.ts";

/** Opens a counter of the backend under test; two calls with one name give two objects of one counter. */
export type Open = (name: string) => RefCounter;

/** Declares the tests for a backend of this system. */
export function refCounterConformance(backend: CounterBackend): void {
  const open: Open = (name) => openCounter(name, { backend });
  nameTests(open);
  countingTests(open);
  modelTests(open);
  lockTests(open);
  waitTests(open);
  raceTests(open);
  crashTests(open);
  workerTests(open);
}
