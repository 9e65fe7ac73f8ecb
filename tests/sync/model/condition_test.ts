import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../harness/mod.ts";
import {
  conditionModel,
  type ConditionRules,
  type ConditionSetup,
  everyConditionRule,
} from "./condition.ts";
import { explore } from "./explore.ts";

type Setup = Omit<ConditionSetup, "rules">;

const setups: Setup[] = [
  { waiters: 2, signallers: 1, deaths: 1, latecomer: false, impatient: true },
  { waiters: 2, signallers: 2, deaths: 2, latecomer: false, impatient: false },
  { waiters: 3, signallers: 1, deaths: 2, latecomer: false, impatient: false },
  { waiters: 2, signallers: 1, deaths: 2, latecomer: true, impatient: true },
  { waiters: 3, signallers: 2, deaths: 1, latecomer: true, impatient: false },
  { waiters: 3, signallers: 1, deaths: 2, latecomer: false, impatient: true },
];

for (const setup of setups) {
  test(`no signal is lost, none wakes a latecomer: ${JSON.stringify(setup)}`, () => {
    const result = explore(conditionModel({ ...setup, rules: everyConditionRule }));
    assertEquals(result.violated, undefined, result.trace.join("\n"));
    assert(result.ends > 0);
  });
}

const twoWaiters: Setup = {
  waiters: 2,
  signallers: 1,
  deaths: 1,
  latecomer: false,
  impatient: false,
};
const needs: [keyof ConditionRules, string, Setup][] = [
  ["watchGranted", "lost signal", twoWaiters],
  ["consumeLast", "lost signal", twoWaiters],
  ["grantFirst", "lost signal", twoWaiters],
  ["takeOverInPlace", "lost signal", { ...twoWaiters, waiters: 3, deaths: 2 }],
  ["arriveFirst", "drift", {
    waiters: 3,
    signallers: 2,
    deaths: 1,
    latecomer: true,
    impatient: false,
  }],
  ["passOnToEarlier", "drift", {
    waiters: 3,
    signallers: 2,
    deaths: 1,
    latecomer: true,
    impatient: false,
  }],
  ["leaveEarlier", "drift", { ...twoWaiters, latecomer: true }],
];

for (const [rule, violated, setup] of needs) {
  test(`without the rule ${rule} the search finds: ${violated}`, () => {
    const rules = { ...everyConditionRule, [rule]: false };
    const result = explore(conditionModel({ ...setup, rules }));
    assertStringIncludes(result.violated ?? "nothing", violated);
  });
}
