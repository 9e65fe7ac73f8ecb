// The conformance suite on System V semaphores as macOS has them: five operations in a call, and none with a time.

import { assert } from "@std/assert";
import * as layout from "../../src/counter/sysv/layout.ts";
import { refCounterConformance } from "../conformance/ref_counter.ts";
import { test } from "../harness/mod.ts";
import { use } from "./install.ts";

const MOST = 5; // SEMOPM of macOS

use({ stepwise: true });

refCounterConformance("sysv");

test("no call of a counter has more than five operations, if taken in steps", () => {
  const { label, addInside, dropInside, zero, tryZero } = layout.slotOperations(0, 1);
  const { closeGate, openGate, takeStart, tryStart, freeStart, freeStartAtGate } = layout;
  const all = [label, addInside, dropInside, zero, tryZero, layout.relabel(0, 1, 2)];
  all.push(closeGate, openGate, takeStart, tryStart, freeStart, freeStartAtGate);
  assert(all.every(({ length }) => length <= MOST));
});
