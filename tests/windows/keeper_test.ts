// The keeper of a service that lingers: what becomes of the service and of it when either is killed.

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { hasStopped } from "../../src/object/stop.ts";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { allProcesses } from "../../src/process/windows.ts";
import { commandService, stopService } from "../../src/service/mod.ts";
import { eventually, OWN, type Program, uniqueName, windowsTest as test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "../service/clients.ts";
import { Local, NOTHING } from "../service/local.ts";
import { SLEEPER } from "../service/sleeper.ts";

/** The keeper of a stage's service. */
async function keeperOf(stage: Stage): Promise<number> {
  const { guardian } = await stage.observer().status();
  assert(guardian !== undefined);
  return guardian.pid;
}

async function killed(program: Program): Promise<void> {
  program.signal("SIGKILL");
  await program.ended;
}

for (const runtime of OWN) {
  test(`without its keeper the service ends with the last client, as if it did not linger (${runtime})`, async () => {
    using stage = new Stage();
    await using client = stage.client(runtime, { linger: 60_000 });
    const pid = await acquirePid(client);
    const keeper = await keeperOf(stage);
    process.kill(keeper, "SIGKILL");
    await waitForExit(keeper);
    assert(isAlive(pid));
    const { state, problem } = await stage.observer().status();
    assertEquals([state, problem], ["running", undefined]);
    await killed(client);
    await waitForExit(pid, { timeout: 2500 });
  });

  test(`a service that lingers ends with its keeper, and the next acquire starts it anew (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime, { linger: 60_000 });
    const pid = await acquirePid(a);
    await ask(a, "release");
    process.kill(await keeperOf(stage), "SIGKILL");
    await waitForExit(pid, { timeout: 2500 });
    await using b = stage.client(runtime);
    assertNotEquals(await acquirePid(b), pid);
    assertEquals((await stage.observer().status()).guardian, undefined);
    await ask(b, "release");
    assertEquals(readdirSync(stage.records), []);
  });

  test(`a keeper that is killed is replaced by the next acquire (${runtime})`, async () => {
    using stage = new Stage();
    await using a = stage.client(runtime, { linger: 200 });
    const pid = await acquirePid(a);
    const first = await keeperOf(stage);
    process.kill(first, "SIGKILL");
    await waitForExit(first);
    await using b = stage.client(runtime, { linger: 200 });
    assertEquals(await acquirePid(b), pid);
    const second = await keeperOf(stage);
    assertNotEquals(second, first);
    for (const program of [a, b]) await killed(program);
    await eventually(() => stage.recordText().includes('"idle": true'));
    assert(isAlive(pid));
    await waitForExit(second, { timeout: 5000 });
    assertEquals([stage.living(), readdirSync(stage.records)], [[], []]);
  });

  for (const point of ["acquire:attached", "acquire:started", "written:running"]) {
    test(`the starter is killed at ${point}: its keeper does the rest, and goes (${runtime})`, async () => {
      using stage = new Stage();
      const flag = `${stage.records}.flag`;
      const pausing = { PROCREF_PAUSE: `${point} ${flag}` };
      await using client = stage.client(runtime, { linger: 50 }, pausing);
      client.tell("acquire");
      const stopped = () => existsSync(flag) && hasStopped(Number(readFileSync(flag, "utf8")));
      await eventually(stopped, 20_000);
      const keepers = allProcesses().filter(({ parent }) => parent === client.pid);
      await killed(client);
      for (const { pid } of keepers) await waitForExit(pid, { timeout: 5000 });
      await stage.gone();
      assertEquals(readdirSync(stage.records), []);
    });
  }
}

test("stopService() ends a service that lingers, and its keeper", async () => {
  const name = uniqueName("lingers");
  const command = [SLEEPER[0], ...SLEEPER[1]] as const;
  const service = commandService(name, { command, linger: 60_000 });
  const handle = await service.acquire();
  await handle.release();
  const { guardian } = await service.status();
  assert(guardian !== undefined && isAlive(handle.pid));
  assertEquals(await stopService(name), true);
  assertEquals([isAlive(handle.pid), isAlive(guardian)], [false, false]);
});

test("a client that asks for more than the first one did gets a keeper for it", async () => {
  await using local = new Local();
  const first = await local.service().acquire();
  assertEquals((await local.status()).guardian, undefined);
  const second = await local.service({ linger: 50 }).acquire();
  assert((await local.status()).guardian !== undefined);
  await second.release();
  await first.release();
  assertEquals(local.remains(), NOTHING);
});
