// Processes, half of them in each runtime, that do the same at the same instant, round after round.

import { assertEquals } from "@std/assert";
import { platform } from "node:process";
import type { Program } from "../harness/mod.ts";
import { test } from "../harness/mod.ts";
import { ask, Stage } from "./clients.ts";

// Windows is slow under Wine.
const [EACH, ROUNDS, CHURN] = platform === "win32" ? [4, 5, 5] : [8, 25, 10];
const CROWD = 2 * EACH;

test(`${CROWD} processes that acquire at once start the service once, get the same pid, and stop it once`, async () => {
  using stage = new Stage();
  await using crowd = gather(stage);
  for (let round = 1; round <= ROUNDS; round++) {
    const answers = await crowd.all("acquire");
    assertEquals(new Set(answers).size, 1, `round ${round}: ${answers}`);
    assertEquals(answers[0], `acquired ${stage.launched().at(-1)}`);
    assertEquals([stage.times("start"), stage.living().length], [round, 1]);
    assertEquals(new Set(await crowd.all("count")), new Set([`count ${CROWD}`]));
    assertEquals(new Set(await crowd.all("release")), new Set(["released"]));
    assertEquals([stage.times("stop"), stage.living()], [round, []]);
  }
});

test(`${CROWD} processes that come and go as they like never have two services at once`, async () => {
  using stage = new Stage();
  await using crowd = gather(stage);
  assertEquals(new Set(await crowd.all(`churn ${CHURN}`)), new Set(["churned"]));
  assertEquals(stage.times("start"), stage.times("stop"));
  const alternating = stage.events().filter((event) => /^(start|stop)/.test(event))
    .map((event) => event.split(" ")[0]);
  assertEquals(alternating, alternating.map((_, index) => index % 2 === 0 ? "start" : "stop"));
  assertEquals(stage.living(), []);
});

/** Processes that are all told the same. */
interface Crowd extends AsyncDisposable {
  all(line: string): Promise<string[]>;
}

function gather(stage: Stage): Crowd {
  const kills = { onLastRelease: "kills" };
  const clients: Program[] = Array.from({ length: EACH }, () => [
    stage.client("deno", kills),
    stage.client("bun", kills),
  ]).flat();
  return {
    all: (line) => Promise.all(clients.map((client) => ask(client, line))),
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    },
  };
}
