import { assert, assertEquals, assertMatch } from "@std/assert";
import { existsSync, readdirSync } from "node:fs";
import { isAlive, waitForExit } from "@procref/procref/process";
import { posixTest, RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";

for (const first of RUNTIMES) {
  const second = first === "deno" ? "bun" : "deno";

  test(`the first acquire starts the service, the second (${first}, ${second}) only checks it`, async () => {
    using stage = new Stage();
    await using a = stage.client(first);
    await using b = stage.client(second);
    const pid = await acquirePid(a);
    assertEquals(await ask(a, "count"), "count 1");
    assertEquals(await acquirePid(b), pid);
    assertEquals(await ask(b, "count"), "count 2");
    assertEquals([stage.times("start"), stage.times("check")], [1, 1]);
    assertEquals(await ask(a, "release"), "released");
    assert(isAlive(pid), "a release by one of two stops nothing");
    assertEquals(await ask(b, "release"), "released");
    assert(!isAlive(pid), "release() resolves when the service has ended");
    assertEquals(readdirSync(stage.records), []);
  });

  test(`kill -9 of one of two clients counts it off (${first})`, async () => {
    using stage = new Stage();
    await using a = stage.client(first);
    await using b = stage.client(second);
    const pid = await acquirePid(a);
    await acquirePid(b);
    a.signal("SIGKILL");
    await a.ended;
    assertEquals(await ask(b, "count"), "count 1");
    assert(isAlive(pid));
    await ask(b, "release");
  });

  test(`kill -9 of the last client stops the service and removes every trace (${first})`, async () => {
    using stage = new Stage();
    const pid = await (async () => {
      await using a = stage.client(first);
      return await acquirePid(a);
    })();
    await waitForExit(pid, { timeout: 2500 });
    await stage.gone();
  });

  posixTest(`a killed guardian is replaced at the next acquire (${first})`, async () => {
    using stage = new Stage();
    await using a = stage.client(first);
    const pid = await acquirePid(a);
    const before = (await stage.observer().status()).guardian;
    assert(before !== undefined);
    process(before.pid, "SIGKILL");
    await waitForExit(before);
    assertMatch((await stage.observer().status()).problem ?? "", /guardian/);
    await using b = stage.client(second);
    assertEquals(await acquirePid(b), pid);
    const after = (await stage.observer().status()).guardian;
    assert(after !== undefined && after.pid !== before.pid);
    // The client of the killed guardian goes first: the new one must not overlook it.
    for (const client of [b, a]) {
      client.signal("SIGKILL");
      await client.ended;
    }
    await waitForExit(pid, { timeout: 2500 });
    await stage.gone();
  });

  posixTest(
    `guardian and last client killed: the next acquire adopts the healthy orphan (${first})`,
    async () => {
      using stage = new Stage();
      await using a = stage.client(first);
      const pid = await acquirePid(a);
      const { guardian } = await stage.observer().status();
      assert(guardian !== undefined);
      process(guardian.pid, "SIGKILL");
      a.signal("SIGKILL");
      await a.ended;
      assert(isAlive(pid), "nobody is left to stop it");
      await using b = stage.client(second);
      assertEquals(await acquirePid(b), pid);
      assertEquals(stage.times("start"), 1);
      await ask(b, "release");
      assert(!isAlive(pid));
    },
  );

  posixTest(
    `guardian and last client killed: an unhealthy orphan is replaced (${first})`,
    async () => {
      using stage = new Stage();
      await using a = stage.client(first);
      const pid = await acquirePid(a);
      const { guardian } = await stage.observer().status();
      assert(guardian !== undefined);
      process(guardian.pid, "SIGKILL");
      a.signal("SIGKILL");
      await a.ended;
      await using b = stage.client(second, { unhealthy: true });
      assert(await acquirePid(b) !== pid);
      assert(!isAlive(pid));
      assertEquals((await stage.observer().status()).generation, 2);
      await ask(b, "release");
    },
  );

  test(`a service that was killed from outside is recovered at the next acquire (${first})`, async () => {
    using stage = new Stage();
    await using a = stage.client(first);
    const pid = await acquirePid(a);
    process(pid, "SIGKILL");
    await waitForExit(pid);
    assertMatch((await stage.observer().status()).problem ?? "", /is gone/);
    await using b = stage.client(second);
    assert(await acquirePid(b) !== pid);
    const { generation, problem } = await stage.observer().status();
    assertEquals([generation, problem], [2, undefined]);
    await ask(a, "release");
    assert(existsSync(stage.records));
    await ask(b, "release");
    await stage.gone();
  });
}

function process(pid: number, signal: "SIGKILL"): void {
  globalThis.process.kill(pid, signal);
}
