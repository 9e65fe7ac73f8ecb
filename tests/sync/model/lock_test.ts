import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../harness/mod.ts";
import { explore } from "./explore.ts";
import { everyLockRule, lockModel, type LockRules, type LockSetup } from "./lock.ts";

const setups: Omit<LockSetup, "rules">[] = [
  { threads: 2, rounds: 2, deaths: 2, impatient: 2 },
  { threads: 3, rounds: 1, deaths: 3, impatient: 0 },
  { threads: 3, rounds: 1, deaths: 2, impatient: 1 },
  { threads: 3, rounds: 1, deaths: 1, impatient: 3 },
];

for (const setup of setups) {
  const { threads, rounds, deaths, impatient } = setup;
  const title = `${threads} threads, ${rounds} rounds, ${deaths} deaths, ${impatient} giving up`;
  test(`the lock excludes, tells of deaths and loses no wake-up: ${title}`, () => {
    const result = explore(lockModel({ ...setup, rules: everyLockRule }));
    assertEquals(result.violated, undefined, result.trace.join("\n"));
    assert(result.ends > 0);
  });
}

const needs: [keyof LockRules, string, Omit<LockSetup, "rules">][] = [
  ["watchHolder", "lost wake-up", { threads: 2, rounds: 1, deaths: 1, impatient: 0 }],
  ["wakeAll", "lost wake-up", { threads: 3, rounds: 1, deaths: 2, impatient: 0 }],
  ["handAtOnce", "lost wake-up", { threads: 2, rounds: 2, deaths: 0, impatient: 1 }],
  ["passOnWithdrawn", "lost wake-up", { threads: 2, rounds: 2, deaths: 0, impatient: 1 }],
  ["inheritByExchange", "mutual exclusion", { threads: 3, rounds: 1, deaths: 1, impatient: 0 }],
];

for (const [rule, violated, setup] of needs) {
  test(`without the rule ${rule} the search finds: ${violated}`, () => {
    const result = explore(lockModel({ ...setup, rules: { ...everyLockRule, [rule]: false } }));
    assertStringIncludes(result.violated ?? "nothing", violated);
  });
}
