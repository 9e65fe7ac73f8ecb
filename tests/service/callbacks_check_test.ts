// onHealthCheck and onRecover.

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { isAlive, waitForExit } from "@procref/procref/process";
import { ProcrefError, type ServiceInfo, TimeoutError } from "@procref/procref/service";
import { RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

test("onHealthCheck gets the service's info, at every acquire but the first", async () => {
  await using local = new Local();
  const checked: ServiceInfo[] = [];
  const info = { port: 4711, metadata: { url: "http://localhost" } };
  const service = local.service({
    onFirstAcquire: () => local.launch(info),
    onHealthCheck: (told) => checked.push(told) > 0,
  });
  await using first = await service.acquire();
  assertEquals(checked, []);
  await using _second = await service.acquire();
  assertEquals(checked, [{ ...info, pid: first.pid }]);
});

test("a service whose process is dead is recovered without asking onHealthCheck", async () => {
  await using local = new Local();
  let checks = 0;
  const service = local.service({ onHealthCheck: () => ++checks > 0 });
  await using first = await service.acquire();
  process.kill(first.pid, "SIGKILL");
  await waitForExit(first.pid);
  await using second = await service.acquire();
  assertEquals([local.living(), checks], [[second.pid], 0]);
});

for (
  const [what, answer] of [
    ["throws", () => Promise.reject(new Error("no answer"))],
    ["says no", () => false],
    ["returns something that is not true", () => "yes" as unknown as boolean],
  ] as const
) {
  test(`an onHealthCheck that ${what} has the service replaced`, async () => {
    await using local = new Local();
    const service = local.service({ onHealthCheck: answer });
    await using first = await service.acquire();
    await using second = await service.acquire();
    assertEquals([local.launched(), local.living()], [[first.pid, second.pid], [second.pid]]);
    assertEquals([(await service.status()).generation, service.count()], [2, 2]);
  });
}

test("onHealthCheck never returns: acquire() times out and the service stays as it was", async () => {
  await using local = new Local();
  const service = local.service({ onHealthCheck: () => new Promise(() => {}) });
  await using handle = await service.acquire();
  await assertRejects(() => service.acquire({ timeout: 50 }), TimeoutError);
  assertEquals([service.count(), local.living()], [1, [handle.pid]]);
  await using other = await local.service().acquire();
  assertEquals(other.pid, handle.pid);
});

test("an abort while onHealthCheck runs rejects with the reason itself, at once", async () => {
  await using local = new Local();
  const controller = new AbortController();
  const reason = new Error("no longer needed");
  const service = local.service({
    onHealthCheck() {
      queueMicrotask(() => controller.abort(reason));
      return new Promise(() => {});
    },
  });
  await using _handle = await service.acquire();
  const error = await service.acquire({ signal: controller.signal }).catch((error) => error);
  assertStrictEquals(error, reason);
  assertEquals(service.count(), 1);
});

test("onRecover gets the old info; what it returns is told from then on, with the next generation", async () => {
  await using local = new Local();
  const told: ServiceInfo[] = [];
  const service = local.service({
    onFirstAcquire: () => local.launch({ port: 1, metadata: { turn: "first" } }),
    onHealthCheck: () => false,
    onRecover(info) {
      told.push(info);
      process.kill(info.pid, "SIGKILL");
      return local.launch({ port: 2, metadata: { turn: `${told.length}` } });
    },
  });
  await using first = await service.acquire();
  await using second = await service.acquire();
  await using third = await service.acquire();
  assertEquals(told, [first.info, second.info]);
  assertEquals([second.port, second.info.metadata], [2, { turn: "1" }]);
  const { info, generation } = await local.status();
  assertEquals([info, generation], [third.info, 3]);
});

test("an onRecover that leaves the old process alive: it is stopped", async () => {
  await using local = new Local();
  const service = local.service({ onHealthCheck: () => false, onRecover: () => local.launch() });
  await using _first = await service.acquire();
  await using second = await service.acquire();
  assertEquals(local.living(), [second.pid]);
});

test("an onRecover that repairs the process in place keeps it", async () => {
  await using local = new Local();
  const service = local.service({ onHealthCheck: () => false, onRecover: (info) => info });
  await using first = await service.acquire();
  await using second = await service.acquire();
  assertEquals([local.launched(), local.living()], [[first.pid], [second.pid]]);
});

test("onRecover throws: acquire() rejects with that very error, both processes are stopped", async () => {
  await using local = new Local();
  const mistake = new Error("beyond repair");
  const service = local.service({
    onHealthCheck: () => false,
    onRecover() {
      local.launch();
      throw mistake;
    },
  });
  await using _handle = await service.acquire();
  assertStrictEquals(await service.acquire().catch((error: unknown) => error), mistake);
  assertEquals([local.launched().length, local.living()], [2, []]);
  assertEquals(local.remains(), { ...NOTHING, count: 1 });
});

test("after a recovery that failed the next acquire starts anew, and the old client can release", async () => {
  await using local = new Local();
  const failing = local.service({
    onHealthCheck: () => false,
    onRecover: () => Promise.reject(new Error("beyond repair")),
  });
  const first = await failing.acquire();
  await assertRejects(() => failing.acquire(), Error, "beyond repair");
  const second = await local.service().acquire();
  assertEquals([local.living(), local.service().count()], [[second.pid], 2]);
  assertEquals((await local.status()).problem, undefined);
  await first.release();
  assert(isAlive(second.pid));
  await second.release();
  assertEquals(local.remains(), NOTHING);
});

test("onRecover returns a dead process: start_failed names it", async () => {
  await using local = new Local();
  const service = local.service({
    onHealthCheck: () => false,
    onRecover: () => ({ pid: 999999999 }),
  });
  await using _handle = await service.acquire();
  const error = await assertRejects(() => service.acquire(), ProcrefError, "onRecover");
  assertEquals([error.code, local.living()], ["start_failed", []]);
});

test("onRecover never returns: acquire() times out and nothing unrecorded is left", async () => {
  await using local = new Local();
  const service = local.service({
    onHealthCheck: () => false,
    onRecover(_, { signal }) {
      local.launch();
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("called off")));
      });
    },
  });
  const handle = await service.acquire();
  await assertRejects(() => service.acquire({ timeout: 50 }), TimeoutError);
  assertEquals([service.count(), local.living()], [1, []]);
  await handle.release();
  assertEquals(local.remains(), NOTHING);
});

for (const runtime of RUNTIMES) {
  test(`of clients that find the service dead at once one recovers it, the others wait (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime, { onRecover: true, startDelay: 30 });
    await using b = stage.client("bun", { onRecover: true, startDelay: 30 });
    await using c = stage.client("deno", { onRecover: true, startDelay: 30 });
    const old = await acquirePid(a);
    process.kill(old, "SIGKILL");
    await waitForExit(old);
    const pids = await Promise.all([a, b, c].map(acquirePid));
    assertEquals(stage.events().filter((event) => /^recover/.test(event)), [`recover ${old}`]);
    assertEquals(new Set(pids), new Set(stage.living()));
    assertEquals((await stage.observer().status()).generation, 2);
    for (const client of [a, a, b, c]) assertEquals(await ask(client, "release"), "released");
    assertEquals(stage.living(), []);
  });
}
