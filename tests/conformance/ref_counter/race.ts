import { assertEquals } from "@std/assert";
import { test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Clients, tidy } from "./clients.ts";

const IN_EACH = 2;
const ROUNDS = 40;
// Long enough for an order to reach everybody, so that the start is common.
const NOTICE = 3;

type Tally = Record<string, number>;

function sorted(answers: readonly unknown[]): number[] {
  return answers.map(Number).sort((a, b) => a - b);
}

/** What several processes of both runtimes tallied while they churned, summed. */
function sum(tallies: readonly Tally[]): Tally {
  const total: Tally = {};
  for (const [count, times] of tallies.flatMap((tally) => Object.entries(tally))) {
    total[count] = (total[count] ?? 0) + times;
  }
  return total;
}

/** Many processes at once. */
export function raceTests(open: Open): void {
  test("of 4 processes that acquire at once, each gets another count: one of them 1", async () => {
    await race(open, "acquireAt", "release", [1, 2, 3, 4]);
  });

  test("of 4 processes that release at once, each gets another count: one of them 0", async () => {
    await race(open, "releaseAt", "acquire", [0, 1, 2, 3]);
  });

  test("while 4 processes acquire and release at will, every count is passed as often upwards as downwards", async () => {
    using counter = open(uniqueName("churn"));
    await using clients = await Clients.start(IN_EACH, counter);
    const tallies = (await clients.ask("churn 2000")) as { up: Tally; down: Tally }[];
    const up = sum(tallies.map((tally) => tally.up));
    const down = sum(tallies.map((tally) => tally.down));
    // All start and end at 0: each step from k to k + 1 is matched by one back. A lost or doubled change, or
    // a count read late, breaks that.
    const shifted = Object.entries(down).map(([count, times]) => [Number(count) + 1, times]);
    assertEquals(up, Object.fromEntries(shifted));
    assertEquals(counter.count(), 0);
  });

  test("processes SIGKILLed in the middle of acquiring and releasing leave nothing counted and nothing shut", async () => {
    using counter = open(uniqueName("carnage"));
    for (let round = 0; round < 3; round++) {
      await using clients = await Clients.start(1, counter);
      const churning = clients.ask("churn 100000000").catch(() => "killed");
      for (let n = 0; n < 200; n++) {
        counter.acquire();
        counter.release();
      }
      await Promise.all(clients.all.map((client) => client.crash()));
      await churning;
      assertEquals(counter.count(), 0);
    }
    tidy(counter);
  });
}

/** Lets all give the order at one time, again and again, and undo it. */
async function race(open: Open, order: string, undo: string, counts: number[]): Promise<void> {
  using counter = open(uniqueName("race"));
  await using clients = await Clients.start(IN_EACH, counter);
  if (undo === "acquire") await clients.ask(undo);
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await clients.ask(`${order} ${Date.now() + NOTICE}`);
    assertEquals(sorted(answers), counts, `round ${round}`);
    await clients.ask(undo);
  }
  await clients.ask("close");
}
