// The conformance suite on System V semaphores as macOS has them: five operations in a call, and none with a time.

import { assert } from "@std/assert";
import process from "node:process";
import * as layout from "../../src/counter/sysv/layout.ts";
import { refCounterConformance } from "../conformance/ref_counter.ts";
import { test } from "../harness/mod.ts";
import { install, STEPWISE } from "./install.ts";

const MOST = 5; // SEMOPM of macOS

process.env[STEPWISE] = "1";
install();

refCounterConformance("sysv");

test("no call of a counter has more than five operations, if taken in steps", () => {
  const { addInside, dropInside, zero, tryZero } = layout.slotOperations(0, 1);
  const { closeGate, openGate, takeStart, tryStart, freeStart, freeStartAtGate } = layout;
  const all = [addInside, dropInside, zero, tryZero, layout.relabel(0, 1, 2)];
  all.push(closeGate, openGate, takeStart, tryStart, freeStart, freeStartAtGate);
  assert(all.every(({ length }) => length <= MOST));
});

// The last one in this file: other files share this process.
test("the environment is left as it was", () => {
  delete process.env[STEPWISE];
});
