// The semaphore set is removed by somebody (ipcrm, or logind's RemoveIPC at logout) while it is in use.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { isAlive } from "@procref/procref/process";
import { START_SEMAPHORE } from "../../src/counter/sysv/layout.ts";
import { eventually, RUNTIMES, test } from "../harness/mod.ts";
import { waiters } from "../counter/sets.ts";
import { acquirePid, ask, setOf, soon, Stage } from "./clients.ts";

function remove(stage: Stage): void {
  const { status } = spawnSync("ipcrm", ["-s", `${setOf(stage)?.id}`]);
  assertEquals(status, 0);
}

for (const runtime of RUNTIMES) {
  test(`ipcrm while held: release() says that the reference was lost, and touches nothing (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime);
    const pid = await acquirePid(a);
    remove(stage);
    assertEquals(await ask(a, "count"), "count 0");
    assertEquals(await ask(a, "release"), "lost");
    // Nobody watches the kernel's count any more, but the guardian the pipe: it stops the service.
    await stage.gone();
    await eventually(() => readdirSync(stage.records).length === 0);
    assert(!isAlive(pid));
  });

  test(`ipcrm while held: the guardian stops the service when its client is killed (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime);
    await acquirePid(a);
    remove(stage);
    a.signal("SIGKILL");
    await stage.gone();
    await eventually(() => readdirSync(stage.records).length === 0);
  });

  test(`ipcrm while held: the next acquire adopts the service and counts anew (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client("bun");
    await using b = stage.client(runtime);
    const pid = await acquirePid(a);
    remove(stage);
    assertEquals([await acquirePid(b), await ask(b, "count")], [pid, "count 1"]);
    assertEquals((await stage.observer().status()).problem, undefined);
    assertEquals(await ask(a, "release"), "lost");
    assertEquals([await ask(b, "count"), isAlive(pid)], ["count 1", true]);
    assertEquals(await ask(b, "release"), "released");
    assertEquals([stage.living(), readdirSync(stage.records)], [[], []]);
  });

  test(`ipcrm while a client waits for a start: both get an answer, and nothing is left (${runtime})`, async () => {
    using stage = new Stage();
    await using waiter = stage.client(runtime);
    assertEquals(await ask(waiter, "count"), "count 0");
    await using starter = stage.client("bun", { startDelay: 300 });
    starter.tell("acquire");
    await eventually(() => stage.times("start") === 1);
    waiter.tell("acquire 3000");
    await eventually(() => waiters(setOf(stage)?.id ?? -1, START_SEMAPHORE) === 1);
    remove(stage);
    // The lock went with the set, so two believe to hold it; the one may take the other's file away.
    const answers = await soon(Promise.all([waiter.line(), starter.line()]), 5000);
    for (const answer of answers) assertMatch(answer, /^(acquired \d+|SystemError|ProcrefError)/);
    assert(stage.living().length <= 1);
    for (const client of [waiter, starter]) await soon(ask(client, "release"), 3000);
    await stage.gone();
    await eventually(() => readdirSync(stage.records).length === 0);
  });

  test(`ipcrm while a client waits for a start that never ends: its timeout is kept (${runtime})`, async () => {
    using stage = new Stage();
    await using starter = stage.client("bun", { onFirstAcquire: "hangs" });
    starter.tell("acquire");
    await eventually(() => stage.launched().length === 1);
    await using waiter = stage.client(runtime);
    waiter.tell("acquire 500");
    await eventually(() => waiters(setOf(stage)?.id ?? -1, START_SEMAPHORE) === 1);
    remove(stage);
    assertMatch(await soon(waiter.line(), 3000), /^(TimeoutError|acquired)/);
    starter.signal("SIGKILL");
    waiter.signal("SIGKILL");
    await stage.gone();
  });

  test(`ipcrm while a client waits in release(): the reference was lost (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime);
    await acquirePid(a);
    await using holder = stage.client("bun", { hangingCheck: true });
    holder.tell("acquire");
    await eventually(() => stage.times("check") === 1);
    a.tell("release");
    await eventually(() => waiters(setOf(stage)?.id ?? -1, START_SEMAPHORE) === 1);
    remove(stage);
    assertEquals(await a.line(), "lost");
    holder.signal("SIGKILL");
    await stage.gone();
  });
}
