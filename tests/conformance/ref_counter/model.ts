import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ProcrefError, type RefCounter } from "../../../src/counter/mod.ts";
import { test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client } from "./clients.ts";

const ORDERS = ["acquire", "release", "tryLock", "unlock", "count", "close"] as const;
type Order = typeof ORDERS[number];

interface Step {
  readonly who: number;
  readonly order: Order;
}

function steps(objects: number): fc.Arbitrary<Step[]> {
  const step = fc.record({
    who: fc.nat({ max: objects - 1 }),
    // Twice as many acquires as other things, so that there is something to release.
    order: fc.constantFrom(...ORDERS, "acquire" as const),
  });
  return fc.array(step, { minLength: 1, maxLength: 40 });
}

/** A counter as its documentation tells it, in plain numbers. */
class Model {
  readonly #held: number[];
  #locker: number | undefined;

  constructor(objects: number) {
    this.#held = Array<number>(objects).fill(0);
  }

  perform({ who, order }: Step): unknown {
    const held = this.#held[who] ?? 0;
    switch (order) {
      case "acquire":
        this.#held[who] = held + 1;
        return this.#count;
      case "release":
        if (held === 0) return "not_held";
        this.#held[who] = held - 1;
        return this.#count;
      case "tryLock":
        if (this.#locker !== undefined) return false;
        this.#locker = who;
        return true;
      case "unlock":
        if (this.#locker !== who) return "not_held";
        this.#locker = undefined;
        return "done";
      case "count":
        return this.#count;
      case "close":
        this.#held[who] = 0;
        if (this.#locker === who) this.#locker = undefined;
        return "done";
    }
  }

  get #count(): number {
    return this.#held.reduce((sum, held) => sum + held, 0);
  }
}

function perform(counter: RefCounter, order: Order): unknown {
  try {
    return counter[order]() ?? "done";
  } catch (error) {
    if (error instanceof ProcrefError) return error.code;
    throw error;
  }
}

/** A refusal by its code only: `ProcrefError not_held: ...` is `not_held`. */
function codeOf(answer: unknown): unknown {
  return typeof answer === "string" ? answer.replace(/^\w+ (\w+): .*/, "$1") : answer;
}

/** Random sequences against the model. */
export function modelTests(open: Open): void {
  test("any sequence of calls on four objects of one process does what the model says", () => {
    fc.assert(fc.property(steps(4), (sequence) => {
      const model = new Model(4);
      const name = uniqueName("model");
      const counters = [0, 1, 2, 3].map(() => open(name));
      try {
        const actual = sequence.map(({ who, order }) =>
          perform(counters[who] ?? open(name), order)
        );
        assertEquals(actual, sequence.map((step) => model.perform(step)));
      } finally {
        counters.forEach((counter) => counter.close());
      }
      assertEquals(open(name).count(), 0);
    }));
  });

  test("any sequence of calls in three processes of both runtimes does what the model says", async () => {
    using mine = open(uniqueName("processes"));
    await using deno = await Client.start("deno", mine);
    await using bun = await Client.start("bun", mine);
    const calls = [
      (order: Order) => perform(mine, order),
      (order: Order) => deno.ask(order).then(codeOf),
      (order: Order) => bun.ask(order).then(codeOf),
    ];
    await fc.assert(
      fc.asyncProperty(steps(calls.length), async (sequence) => {
        const model = new Model(calls.length);
        const actual: unknown[] = [];
        for (const { who, order } of sequence) actual.push(await calls[who]?.(order));
        for (const call of calls) await call("close");
        assertEquals(actual, sequence.map((step) => model.perform(step)));
        assertEquals(mine.count(), 0);
      }),
      { numRuns: 40 },
    );
  });
}
