// Waiting for the start-up lock: how it ends early, and what goes on meanwhile.

import { assert, assertEquals, assertMatch, assertRejects, assertStrictEquals } from "@std/assert";
import { existsSync } from "node:fs";
import { TimeoutError } from "@procref/procref/service";
import { START_SEMAPHORE } from "../../src/counter/sysv/layout.ts";
import { eventually, linuxTest, type Program, RUNTIMES, test } from "../harness/mod.ts";
import { waiters } from "../counter/sets.ts";
import { setOf, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";
import { ask } from "./clients.ts";

/**
 * Has a client enter onFirstAcquire, which doesn't return. Leaving its scope kills it and waits until the guardian
 * has stopped what it launched: the record, by which that is found, must be there until then.
 */
async function occupy(stage: Stage): Promise<Pick<Program, "pid" | "signal"> & AsyncDisposable> {
  const holder = stage.client("bun", { onFirstAcquire: "hangs" });
  holder.tell("acquire");
  await eventually(() => stage.launched().length === 1);
  return {
    pid: holder.pid,
    signal: (name) => holder.signal(name),
    async [Symbol.asyncDispose]() {
      await holder[Symbol.asyncDispose]();
      await stage.gone();
    },
  };
}

/** Waits until nobody waits in the kernel any more: the calls of a wait that was given up have returned. */
async function quiet(stage: Stage): Promise<void> {
  await eventually(() => {
    const id = setOf(stage)?.id;
    return id === undefined || waiters(id, START_SEMAPHORE) === 0;
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
}

for (const runtime of RUNTIMES) {
  test(`a timeout while another process starts the service names that process (${runtime})`, async () => {
    using stage = new Stage();
    await using holder = await occupy(stage);
    await using waiter = stage.client(runtime);
    const answer = await ask(waiter, "acquire 50");
    assertMatch(answer, /^TimeoutError timeout: Timed out after 50 ms waiting for service "/);
    assertMatch(answer, new RegExp(`held by pid ${holder.pid} \\(started [\\d.]+\\)$`));
    assertEquals(await ask(waiter, "count"), "count 1");
  });

  linuxTest(
    `who waited for a starter that is killed stops what it launched and starts anew (${runtime})`,
    async () => {
      using stage = new Stage();
      await using holder = await occupy(stage);
      await using waiter = stage.client(runtime);
      waiter.tell("acquire");
      await eventually(() => waiting(stage) === 1);
      holder.signal("SIGKILL");
      const pid = Number((await waiter.line()).split(" ")[1]);
      assertEquals([stage.launched().at(-1), stage.living()], [pid, [pid]]);
      await ask(waiter, "release");
    },
  );
}

/** How many wait in the kernel, as macOS lets nobody do. */
function waiting(stage: Stage): number {
  const id = setOf(stage)?.id;
  return id === undefined ? 0 : waiters(id, START_SEMAPHORE);
}

linuxTest(
  "an abort while another process starts the service rejects with the reason itself, at once",
  async () => {
    using stage = new Stage();
    await using _holder = await occupy(stage);
    const controller = new AbortController();
    const reason = { said: "enough" };
    const waited = stage.observer().acquire({ signal: controller.signal }).catch((error) => error);
    await eventually(() => waiting(stage) === 1);
    const before = performance.now();
    controller.abort(reason);
    assertStrictEquals(await waited, reason);
    assert(performance.now() - before < 100);
    assertEquals(stage.observer().count(), 1);
    await quiet(stage);
  },
);

test("a wait that was given up takes neither lock nor reference when its turn comes", async () => {
  using stage = new Stage();
  const holder = await occupy(stage);
  await assertRejects(() => stage.observer().acquire({ timeout: 20 }), TimeoutError);
  await holder[Symbol.asyncDispose]();
  await stage.gone();
  // The guardian removes the set after the record.
  await eventually(() => setOf(stage) === undefined);
});

linuxTest("the event loop goes on while acquire() waits", async () => {
  using stage = new Stage();
  await using _holder = await occupy(stage);
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  await assertRejects(() => stage.observer().acquire({ timeout: 200 }), TimeoutError);
  clearInterval(ticking);
  assert(ticks >= 10, `${ticks} ticks in 200 ms`);
  await quiet(stage);
});

test("a signal that is aborted already: nothing is started, not even a directory made", async () => {
  await using local = new Local();
  const reason = new Error("too late");
  const service = local.service();
  const error = await service.acquire({ signal: AbortSignal.abort(reason) }).catch((e) => e);
  assertStrictEquals(error, reason);
  assertEquals([local.launched(), existsSync(local.records)], [[], false]);
});

test("a signal that fires after acquire() has returned changes nothing", async () => {
  await using local = new Local();
  const controller = new AbortController();
  await using handle = await local.service().acquire({ signal: controller.signal, timeout: 1000 });
  controller.abort();
  assertEquals([local.service().count(), local.living()], [1, [handle.pid]]);
});

for (const timeout of [-1, NaN, -Infinity]) {
  test(`acquire() refuses the timeout ${timeout} with a RangeError and starts nothing`, async () => {
    await using local = new Local();
    await assertRejects(() => local.service().acquire({ timeout }), RangeError, "timeout");
    assertEquals(local.remains(), NOTHING);
  });
}

for (const timeout of ["5", null, {}, 5n]) {
  test(`acquire() refuses a timeout that is a ${typeof timeout} (${timeout}) with a TypeError`, async () => {
    await using local = new Local();
    const bad = { timeout: timeout as unknown as number };
    await assertRejects(() => local.service().acquire(bad), TypeError, "timeout");
    assertEquals(local.remains(), NOTHING);
  });
}

for (const timeout of [Infinity, 2 ** 40, Number.MAX_VALUE]) {
  test(`the timeout ${timeout} is no limit`, async () => {
    await using local = new Local();
    await using handle = await local.service().acquire({ timeout });
    assertEquals(local.living(), [handle.pid]);
  });
}

test("a timeout is kept although the service that is to be replaced ends slowly", async () => {
  await using local = new Local();
  const stubborn = local.service({
    onFirstAcquire: () => local.launchStubborn(),
    onHealthCheck: () => false,
    stop: { timeout: 1500 },
  });
  const handle = await stubborn.acquire();
  const before = performance.now();
  await assertRejects(() => stubborn.acquire({ timeout: 100 }), TimeoutError);
  const took = performance.now() - before;
  await handle.release();
  assertEquals(local.launched().length, 1, "nothing is started by who has given up");
  assert(took < 1000, `it took ${took} ms`);
});
