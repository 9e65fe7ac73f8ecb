// onFirstAcquire, and everything that it may do wrong.

import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { isAlive } from "@procref/procref/process";
import { ProcrefError, type ServiceInfo } from "@procref/procref/service";
import { type InternalOptions, LAUNCHER } from "../../src/service/definition.ts";
import { eventually, posixTest, RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

test("onFirstAcquire throws: acquire() rejects with that very error and nothing is left", async () => {
  await using local = new Local();
  const mistake = new Error("no start today");
  const service = local.service({
    onFirstAcquire() {
      local.launch();
      throw mistake;
    },
  });
  const error = await service.acquire().catch((error: unknown) => error);
  assertStrictEquals(error, mistake);
  assertEquals(local.launched().length, 1);
  assertEquals(local.remains(), NOTHING);
});

test("what a launched program has printed is told if it is dead by the time it counts", async () => {
  await using local = new Local();
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const launched: Partial<InternalOptions> = {
    [LAUNCHER]({ log }) {
      writeFileSync(log, "no socket for you\n");
      return Promise.resolve({ pid });
    },
  };
  const error = await assertRejects(() => local.service(launched).acquire(), ProcrefError);
  assertEquals(error.code, "start_failed");
  assertMatch(error.message, /which is not alive; its last words:\nno socket for you$/);
  assertEquals(local.remains(), NOTHING);
});

test("onFirstAcquire throws something that is no Error: acquire() rejects with it", async () => {
  await using local = new Local();
  const service = local.service({ onFirstAcquire: () => Promise.reject("a text") });
  assertEquals(await service.acquire().catch((error: unknown) => error), "a text");
  assertEquals(local.remains(), NOTHING);
});

test("after a start that failed the next acquire tries again", async () => {
  await using local = new Local();
  let attempts = 0;
  const service = local.service({
    onFirstAcquire() {
      if (++attempts === 1) throw new Error("not yet");
      return local.launch();
    },
  });
  await assertRejects(() => service.acquire(), Error, "not yet");
  await using handle = await service.acquire();
  assertEquals([handle.pid, service.count(), attempts], [local.launched()[0], 1, 2]);
});

test("onFirstAcquire returns a pid that is dead: start_failed names callback and pid", async () => {
  await using local = new Local();
  const service = local.service({ onFirstAcquire: () => ({ pid: 999999999 }) });
  const error = await assertRejects(() => service.acquire(), ProcrefError);
  assertEquals(error.code, "start_failed");
  assertMatch(error.message, /onFirstAcquire .* pid 999999999/);
  assertEquals(local.remains(), NOTHING);
});

const GARBAGE: readonly [string, (info: ServiceInfo) => unknown][] = [
  ["nothing", () => undefined],
  ["null", () => null],
  ["a number", ({ pid }) => pid],
  ["no pid", () => ({})],
  ["a pid that is a text", ({ pid }) => ({ pid: `${pid}` })],
  ["the pid 0", () => ({ pid: 0 })],
  ["a negative pid", ({ pid }) => ({ pid: -pid })],
  ["half a pid", ({ pid }) => ({ pid: pid + 0.5 })],
  ["the pid NaN", () => ({ pid: NaN })],
  ["a pid beyond 2^31", ({ pid }) => ({ pid: 2 ** 32 + pid })],
  ["a port beyond 65535", (info) => ({ ...info, port: 65536 })],
  ["the port 0", (info) => ({ ...info, port: 0 })],
  ["a negative port", (info) => ({ ...info, port: -1 })],
  ["half a port", (info) => ({ ...info, port: 80.5 })],
  ["a port that is a text", (info) => ({ ...info, port: "80" })],
  ["a port that is an object", (info) => ({ ...info, port: {} })],
  ["metadata that is a text", (info) => ({ ...info, metadata: "x" })],
  ["metadata with a number", (info) => ({ ...info, metadata: { answer: 42 } })],
];

for (const [what, returned] of GARBAGE) {
  test(`onFirstAcquire returns ${what}: TypeError or RangeError, and nothing is left`, async () => {
    await using local = new Local();
    const answer = () => returned(local.launch());
    const service = local.service({ onFirstAcquire: answer as () => ServiceInfo });
    const error = await service.acquire().then(async (handle) => {
      await handle.release();
      throw new Error("It was accepted");
    }).catch((error: unknown) => error);
    assert(error instanceof TypeError || error instanceof RangeError, String(error));
    assertEquals(local.remains(), NOTHING);
  });
}

for (const runtime of RUNTIMES) {
  test(`onFirstAcquire never returns: at the timeout all is rolled back (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "hangs" });
    assertMatch(await ask(client, "acquire 300"), /^TimeoutError timeout: /);
    assertEquals([stage.launched().length, stage.living()], [1, []]);
    assertEquals(await ask(client, "count"), "count 0");
    await using other = stage.client("bun");
    await acquirePid(other);
    await ask(other, "release");
  });

  test(`a start that never returned does not keep its process from the next one (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "hangs once" });
    assertMatch(await ask(client, "acquire 300"), /^TimeoutError timeout: /);
    assertMatch(await ask(client, "acquire 3000"), /^acquired /);
    assertEquals(await ask(client, "release"), "released");
    assertEquals(stage.living(), []);
  });

  test(`a start that was given up and succeeds late is stopped (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "late" });
    assertMatch(await ask(client, "acquire 300"), /^TimeoutError timeout: /);
    // What was launched after the reaping: as by a callback that only now comes to it.
    writeFileSync(`${stage.path}/go`, "");
    await eventually(() => stage.times("late") === 1 && stage.living().length === 0);
    assertEquals(await ask(client, "count"), "count 0");
  });

  test(`a start that was given up and launches late is stopped (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "launches late" });
    assertMatch(await ask(client, "acquire 300"), /^TimeoutError timeout: /);
    writeFileSync(`${stage.path}/go`, "");
    await eventually(() => stage.launched().length === 1 && stage.living().length === 0);
    assertEquals(await ask(client, "count"), "count 0");
  });

  test(`a late start that is this very process is not signalled (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "late own" });
    assertMatch(await ask(client, "acquire 300"), /^TimeoutError timeout: /);
    writeFileSync(`${stage.path}/go`, "");
    await eventually(() => stage.times("late") === 1);
    const answers = [];
    for (let round = 0; round < 20; round++) answers.push(await ask(client, "count"));
    assertEquals(new Set(answers), new Set(["count 0"]));
    assert(isAlive(client.pid));
  });

  test(`a service that lives in its client's process is never signalled (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { onFirstAcquire: "own" });
    assertEquals(await acquirePid(client), client.pid);
    assertEquals(await ask(client, "release"), "released");
    assertEquals(await ask(client, "count"), "count 0");
    assertEquals(await acquirePid(client), client.pid);
    await ask(client, "release");
  });
}

test("an abort while onFirstAcquire runs rejects with the reason itself, and nothing is left", async () => {
  await using local = new Local();
  const controller = new AbortController();
  const reason = { changed: "my mind" };
  const service = local.service({
    async onFirstAcquire({ signal }) {
      local.launch();
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("called off")));
        controller.abort(reason);
      });
      return { pid: process.pid };
    },
  });
  const error = await service.acquire({ signal: controller.signal }).catch((error) => error);
  assertStrictEquals(error, reason);
  assertEquals(local.remains(), NOTHING);
});

posixTest(
  "an abort is told by its reason although what was launched doesn't end in time; the guardian ends it",
  async () => {
    await using local = new Local();
    const controller = new AbortController();
    const reason = { changed: "my mind" };
    const service = local.service({
      async onFirstAcquire() {
        await local.launchStubborn();
        controller.abort(reason);
        return await new Promise<never>(() => {});
      },
      // Longer than who gave up waits for the undoing.
      stop: { timeout: 1500 },
    });
    const error = await service.acquire({ signal: controller.signal }).catch((error) => error);
    assertStrictEquals(error, reason);
    await eventually(() => JSON.stringify(local.remains()) === JSON.stringify(NOTHING));
  },
);
