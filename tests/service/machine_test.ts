// Every walk through the machine that the driver can take: from every state that a record can tell (whoever wrote
// it may have died in the next instant), by every event, with every answer of the callbacks.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type Action, type Event, type State, transition } from "../../src/service/machine.ts";
import { test } from "../harness/mod.ts";

const STATES: readonly State[] = ["absent", "starting", "running", "recovering", "stopping"];
const ARRIVAL: Event = "entered";
const DEPARTURES: readonly Event[] = ["left", "idle", "empty"];

/** What an action can answer; the other actions answer nothing. */
const ANSWERS: Partial<Record<Action, readonly Event[]>> = {
  check: ["healthy", "unhealthy"],
  start: ["started", "failed"],
  recover: ["started", "failed"],
  stop: ["stopped", "unstoppable"],
};

const EVENTS = [ARRIVAL, ...DEPARTURES, ...Object.values(ANSWERS).flat()];

/** One action on a walk. */
interface Step {
  readonly event: Event;
  readonly action: Action;
  /** What the record said before it. */
  readonly recorded: State;
}

/** One entry by a client, until it has freed the lock. */
interface Walk {
  readonly from: State;
  readonly first: Event;
  readonly steps: readonly Step[];
  readonly answers: readonly Event[];
  readonly end: State;
}

function* walksFrom(from: State, first: Event): Generator<Walk> {
  yield* onward(from, first, { from, first, steps: [], answers: [], end: from });
}

function* onward(recorded: State, event: Event, walk: Walk): Generator<Walk> {
  assert(walk.answers.length < 5, `no end: ${describe(walk)}`);
  const { state, actions } = transition(recorded, event);
  const steps = [...walk.steps];
  for (const action of actions) {
    steps.push({ event, action, recorded });
    if (action === "write") recorded = state;
    if (action === "erase") recorded = "absent";
    for (const answer of ANSWERS[action] ?? []) {
      assertEquals(action, actions.at(-1), "the last action's answer is the next event");
      yield* onward(recorded, answer, { ...walk, steps, answers: [...walk.answers, answer] });
    }
  }
  if (ANSWERS[actions.at(-1) ?? "write"] === undefined) yield { ...walk, steps, end: recorded };
}

function describe({ from, first, answers }: Walk): string {
  return [from, first, ...answers].join(" > ");
}

const WALKS = STATES.flatMap((state) =>
  [ARRIVAL, ...DEPARTURES].flatMap((event) => [...walksFrom(state, event)])
);

/** Checks something of every walk. */
function always(check: (walk: Walk, actions: readonly Action[]) => void): void {
  for (const walk of WALKS) check(walk, walk.steps.map(({ action }) => action));
}

/** What may be alive when a record tells this state and its writer has died. */
function alive(state: State): { launched: boolean; service: boolean } {
  return {
    launched: state === "starting" || state === "recovering",
    service: state === "running" || state === "recovering" || state === "stopping",
  };
}

test("every event that can follow is provided for: all walks of all states come to an end", () => {
  assertEquals(WALKS.length, 27);
});

test("an event that cannot happen in a state is a mistake that names both", () => {
  const provided = new Set(WALKS.flatMap(reached));
  for (const state of STATES) {
    for (const event of EVENTS.filter((event) => !provided.has(`${state} ${event}`))) {
      const { message } = assertThrows(() => transition(state, event), Error, state);
      assert(message.includes(event));
    }
  }
  assertEquals(provided.size, 28);
});

test("a start never happens beside a process of before: it is finished, and what was launched reaped", () => {
  always((walk, actions) => {
    const { launched, service } = alive(walk.from);
    const start = actions.indexOf("start");
    if (start === -1) return;
    const before = actions.slice(0, start);
    if (launched) assert(before.includes("reap"), describe(walk));
    if (service) assert(before.includes("finish"), describe(walk));
  });
});

test("a recovery never happens beside what an unfinished start launched", () => {
  always((walk, actions) => {
    if (actions.includes("recover")) assertEquals(walk.from, "running", describe(walk));
  });
});

test("the record says what begins before it begins", () => {
  const told: Partial<Record<Action, State>> = {
    start: "starting",
    recover: "recovering",
    stop: "stopping",
  };
  always(({ steps }) => {
    steps.forEach(({ action, recorded }, index) => {
      if (told[action] === undefined) return;
      assertEquals([steps[index - 1]?.action, recorded], ["write", told[action]]);
    });
  });
});

test("a client is admitted only after a healthy check, or after its start was recorded as running", () => {
  always(({ steps }) => {
    const step = steps.find(({ action }) => action === "admit");
    if (step === undefined) return;
    assertEquals(step.recorded, "running");
    if (step.event === "healthy") return;
    assertEquals([step.event, steps.at(-2)?.action], ["started", "write"]);
  });
});

test("the lock is given up exactly once in every walk, and last", () => {
  always((walk, actions) => {
    const frees = actions.filter((action) => ["admit", "leave", "vacate"].includes(action));
    assertEquals(frees, actions.slice(-1), describe(walk));
  });
});

test("the reference goes exactly when a client that came in is not admitted", () => {
  always((walk, actions) => {
    const withdrawn = actions.filter((action) => action === "withdraw").length;
    const refused = walk.first === "entered" && !actions.includes("admit");
    assertEquals(withdrawn, refused ? 1 : 0, describe(walk));
    if (refused) assertEquals(actions.slice(-2), ["withdraw", "vacate"], describe(walk));
  });
});

test("a record is erased only when nothing that it tells of can be alive", () => {
  always((walk, actions) => {
    if (!actions.includes("erase")) return;
    const { launched, service } = alive(walk.from);
    const before = actions.slice(0, actions.indexOf("erase"));
    if (launched || walk.answers.at(-1) === "failed") assert(before.includes("reap"));
    if (service) assert(before.includes("finish") || walk.answers.at(-1) === "stopped");
  });
});

test("from every state the last one out leads to absent, unless onLastRelease throws", () => {
  always((walk, actions) => {
    if (walk.first !== "empty") return;
    const thrown = walk.answers.includes("unstoppable");
    assertEquals(walk.end, thrown ? "running" : "absent", describe(walk));
    assertEquals(actions.slice(-2), [thrown ? "write" : "erase", "vacate"], describe(walk));
  });
});

test("from every state a client that comes in ends in running, or in absent if the start fails", () => {
  always((walk) => {
    if (walk.first !== "entered") return;
    assertEquals(walk.end, walk.answers.at(-1) === "failed" ? "absent" : "running");
  });
});

test("who lets a service linger leaves it to a guardian that lives", () => {
  const [walk] = [...walksFrom("running", "idle")];
  assertEquals(walk?.steps.map(({ action }) => action), ["guard", "leave"]);
});

test("a release by a client that is not the last changes nothing", () => {
  always((walk, actions) => {
    if (walk.first === "left") assertEquals([actions, walk.end], [["leave"], walk.from]);
  });
});

/** The pairs of state and event on a walk. */
function reached(walk: Walk): string[] {
  return walk.steps.map(({ event }, index) => {
    const first = walk.steps.findIndex((step) => step.event === event);
    return `${walk.steps[Math.min(first, index)]?.recorded} ${event}`;
  });
}
