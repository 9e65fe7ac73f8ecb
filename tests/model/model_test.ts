// The bounded search. The full one, with more clients, rounds and crashes, is `main.ts`.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { test } from "../harness/mod.ts";
import { decode, encode, words } from "./encoding.ts";
import { explore } from "./explore.ts";
import { movesOf } from "./moves.ts";
import { everyRule, type Rule, rules, without } from "./rules.ts";
import { boundedSearch, initialState, type Scenario, titleOf } from "./scenarios.ts";
import { at, emptyState } from "./state.ts";
import { findCircle } from "./termination.ts";

for (const scenario of boundedSearch) {
  test(`the protocol keeps S1 to S6: ${titleOf(scenario)}`, () => {
    const result = explore({ scenario, rules: everyRule });
    assertEquals(result.violated, undefined, result.trace?.join("\n"));
    assert(result.ends > result.repairs);
    // Without a guardian and a client that were killed, S6 would hold for want of a case.
    if (scenario.crashes > 1) assert(result.repairs > 0);
  });
}

test("no run of the protocol goes round in circles, so every wait ends (S5)", () => {
  const scenario = { clients: 2, rounds: 1, crashes: 2, outside: 1, linger: true, abandons: 1 };
  assertEquals(findCircle({ scenario, rules: everyRule })?.join("\n"), undefined);
});

interface Need {
  readonly rule: Rule;
  readonly property: string;
  readonly scenario: Scenario;
}

/** For each rule a smallest scenario that needs it, and the property that falls with it. */
const needs: readonly Need[] = [
  { rule: "watchedCreation", property: "S4", scenario: { clients: 1, rounds: 1, crashes: 1 } },
  { rule: "recordDecides", property: "S1", scenario: { clients: 2, rounds: 1, crashes: 1 } },
  { rule: "waitForHalfBorn", property: "S1", scenario: { clients: 2, rounds: 1, crashes: 1 } },
  { rule: "waitForOldExit", property: "S1", scenario: { clients: 2, rounds: 1, crashes: 1 } },
  { rule: "writeStartingFirst", property: "S2", scenario: { clients: 1, rounds: 1, crashes: 1 } },
  {
    rule: "stopCarriersAtRelease",
    property: "S2",
    scenario: { clients: 2, rounds: 1, crashes: 1, outside: 1 },
  },
  { rule: "writeStoppingFirst", property: "S3", scenario: { clients: 2, rounds: 1, crashes: 1 } },
  { rule: "removeRecordFirst", property: "S2", scenario: { clients: 2, rounds: 1, crashes: 0 } },
  { rule: "dismissAfterRemoval", property: "S4", scenario: { clients: 1, rounds: 1, crashes: 1 } },
  { rule: "repeatKilledPass", property: "S4", scenario: { clients: 1, rounds: 1, crashes: 2 } },
  {
    rule: "waitForZero",
    property: "S2",
    scenario: { clients: 1, rounds: 1, crashes: 1, closesFirst: true },
  },
  { rule: "waitForZero", property: "S2", scenario: { clients: 2, rounds: 1, crashes: 2 } },
  {
    rule: "zeroAndLockAtOnce",
    property: "S3",
    scenario: { clients: 2, rounds: 1, crashes: 1, closesFirst: true },
  },
  {
    rule: "abandonWithoutDismissing",
    property: "S4",
    scenario: { clients: 2, rounds: 1, crashes: 1, abandons: 1 },
  },
];

for (const { rule, property, scenario } of needs) {
  test(`the search sees ${property} broken where a rule is: ${rules[rule]} (${titleOf(scenario)})`, () => {
    const result = explore({ scenario, rules: without(rule) });
    assertEquals(result.violated?.slice(0, 2), property, result.trace?.join("\n"));
    const line = /^1\. client 1: A1 semget: ENOENT +\| no set; record absent$/;
    assertMatch(result.trace?.[0] ?? "", line);
  });
}

test("every rule has a scenario that needs it", () => {
  assertEquals(new Set<string>(needs.map(({ rule }) => rule)), new Set(Object.keys(rules)));
});

test("a state has one code, whatever the numbers of its clients, and the code holds all of it", () => {
  const scenario = { clients: 4, rounds: 2, crashes: 3, outside: 1, linger: true, renames: true };
  const moves = movesOf({ scenario, rules: everyRule });
  const state = initialState(scenario);
  const other = emptyState();
  const code = new Uint32Array(words);
  const again = new Uint32Array(words);
  let seed = 1;
  for (let step = 0; step < 20_000; step++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    if (step % 200 === 0) Object.assign(state, initialState(scenario));
    at(moves, Math.floor(seed / 2 ** 32 * moves.length)).apply(state);
    encode(state, code, 0);
    decode(code, 0, other);
    other.clients.reverse();
    encode(other, again, 0);
    assertEquals(again.join(), code.join());
  }
});
