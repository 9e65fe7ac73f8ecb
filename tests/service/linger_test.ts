// linger: the service outlives its last client for a while, for the next one.

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import { isAlive, waitForExit } from "@procref/procref/process";
import { eventually, RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

/** Longer than any test of these needs, shorter than the harness's patience. */
const linger = 1200;
/** Long enough for somebody to come meanwhile: Windows is slow under Wine. */
const briefly = process.platform === "win32" ? 600 : 150;

for (const runtime of RUNTIMES) {
  test(`a lingering service outlives the release and the end of its last client (${runtime})`, async () => {
    using stage = new Stage();
    const client = stage.client(runtime, { linger: briefly });
    const pid = await acquirePid(client);
    assertEquals(await ask(client, "release"), "released");
    assert(isAlive(pid));
    client.tell("exit");
    await client.ended;
    assertEquals((await stage.observer().status()).state, "running");
    await stage.gone();
  });

  test(`a lingering service outlives the kill -9 of its last client, and then goes (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { linger: briefly });
    const pid = await acquirePid(client);
    client.signal("SIGKILL");
    await client.ended;
    await eventually(() => idle(stage));
    assert(isAlive(pid));
    await stage.gone();
  });

  test(`who comes while the service lingers adopts it, and may stay longer than that (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client("bun", { linger: briefly });
    await using b = stage.client(runtime, { linger: briefly });
    assertEquals(await ask(b, "count"), "count 0");
    const pid = await acquirePid(a);
    await ask(a, "release");
    await eventually(() => idle(stage));
    assertEquals(await acquirePid(b), pid);
    // The guardian's nap ends, it looks again, and reads on.
    const { guardian } = await stage.observer().status();
    assert(guardian !== undefined);
    await napOver(guardian.pid);
    assertEquals([stage.living(), await ask(b, "count")], [[pid], "count 1"]);
    assertEquals((await stage.observer().status()).problem, undefined);
    assertEquals(stage.times("start"), 1);
    // It lingers anew: that it did so before does not count.
    const released = performance.now();
    await ask(b, "release");
    await stage.gone();
    assert(performance.now() - released >= briefly);
  });

  test(`a guardian that is killed is replaced by a release that lets the service linger (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { linger: briefly });
    const pid = await acquirePid(client);
    const before = (await stage.observer().status()).guardian;
    assert(before !== undefined);
    process.kill(before.pid, "SIGKILL");
    await waitForExit(before);
    await ask(client, "release");
    assert(isAlive(pid));
    const { guardian, problem } = await stage.observer().status();
    assertNotEquals(guardian, before);
    assertEquals([guardian === undefined, problem], [false, undefined]);
    await stage.gone();
  });
}

test("a release by one of several lets nothing linger: the service is simply kept", async () => {
  await using local = new Local();
  const service = local.service({ linger });
  const first = await service.acquire();
  const second = await service.acquire();
  await first.release();
  assertEquals((await service.status()).state, "running");
  process.kill(second.pid, "SIGKILL");
  await second.release();
  await eventually(() => local.remains().files.length === 0);
});

test("what lingers and dies meanwhile is replaced by the next acquire", async () => {
  await using local = new Local();
  const lingering = local.service({ linger });
  const { pid } = await acquireAndRelease(lingering);
  process.kill(pid, "SIGKILL");
  await waitForExit(pid);
  const next = await local.service().acquire();
  assertEquals(local.living(), [next.pid]);
  await next.release();
  assertEquals(local.remains(), NOTHING);
});

test("the record's own terms hold: a client without linger that adopts leaves it lingering", async () => {
  await using local = new Local();
  const { pid } = await acquireAndRelease(local.service({ linger: briefly }));
  await acquireAndRelease(local.service());
  assert(isAlive(pid));
  await eventually(() => !isAlive(pid) && local.remains().files.length === 0);
});

test("linger: Infinity keeps the service for the next client, whenever it comes", async () => {
  await using local = new Local();
  const { pid } = await acquireAndRelease(local.service({ linger: Infinity }));
  assertEquals((await local.status()).problem, undefined);
  const next = await local.service({ linger: Infinity }).acquire();
  assertEquals([next.pid, local.launched().length], [pid, 1]);
  process.kill(pid, "SIGKILL");
  await waitForExit(pid);
  await acquireAndRelease(local.service());
  await next.release();
});

test("stop.timeout: Infinity is shared like any other", async () => {
  await using local = new Local();
  const service = local.service({ stop: { timeout: Infinity } });
  const first = await service.acquire();
  const second = await service.acquire();
  assertEquals([second.pid, local.launched().length], [first.pid, 1]);
  await first.release();
  await second.release();
  assertEquals(local.remains(), NOTHING);
});

test("linger with onLastRelease and without module is a TypeError: a guardian cannot run a closure", async () => {
  await using local = new Local();
  assertThrows(() => local.service({ linger: 1, onLastRelease() {} }), TypeError, "module");
  local.service({ linger: 0, onLastRelease() {} });
  local.service({ linger: 1 });
  local.service({ linger: 1, onLastRelease() {}, module: import.meta.url });
});

for (const linger of [-1, NaN, "5", null]) {
  test(`linger ${JSON.stringify(linger)} is a RangeError or TypeError`, async () => {
    await using local = new Local();
    const error = assertThrows(() => local.service({ linger: linger as number }));
    assert(error instanceof (typeof linger === "number" ? RangeError : TypeError));
  });
}

async function acquireAndRelease(
  service: ReturnType<Local["service"]>,
): Promise<{ pid: number }> {
  const handle = await service.acquire();
  await handle.release();
  return { pid: handle.pid };
}

/** True as soon as the guardian has found that nobody is left. */
function idle(stage: Stage): boolean {
  return stage.recordText().includes('"idle": true');
}

/** Waits until a guardian sleeps no more: elsewhere than on Windows a child of it does that. */
async function napOver(pid: number): Promise<void> {
  if (process.platform === "win32") {
    return await new Promise((resolve) => setTimeout(resolve, 2 * briefly));
  }
  await eventually(() => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8") === "");
}
