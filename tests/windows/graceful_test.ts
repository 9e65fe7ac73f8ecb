// A service's processes that listen are asked to end; the others are not, and the kernel ends them.

import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAlive, kill, waitForExit } from "../../src/process/mod.ts";
import {
  commandService,
  type CommandServiceOptions,
  type ServiceInfo,
  type SharedService,
  type StopPolicy,
  stopService,
} from "../../src/service/mod.ts";
import {
  eventually,
  OWN,
  type Program,
  type RuntimeName,
  start,
  windowsTest as test,
} from "../harness/mod.ts";
import { acquirePid, Stage } from "../service/clients.ts";
import { Local, NOTHING } from "../service/local.ts";
import { asked } from "./programs.ts";

const CLIENT = new URL("./service_client.ts", import.meta.url);
const LONG = 60_000; // ms: nobody waits for it
const KILLED_IN = 5000; // ms, from the death of the last client

/** A service whose program takes a request to end as it is told, and notes what it does. */
class Asked extends Local {
  command(how: string, options: Partial<CommandServiceOptions> = {}): SharedService {
    const { program, args } = asked(how, this.file);
    return commandService(this.name, {
      directory: this.records,
      command: [program, ...args],
      ready: { line: "ready" },
      ...options,
    });
  }

  /** Launches the program as a callback does. */
  async launchAsked(how: string): Promise<ServiceInfo> {
    const { program, args } = asked(how, this.file);
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"], detached: true });
    await once(child.stdout, "data");
    child.stdout.destroy();
    child.unref();
    return { pid: child.pid ?? 0 };
  }

  get file(): string {
    return `${this.path}\\asked`;
  }

  /** What the program has noted. */
  notes(): string[] {
    return notes(this.file);
  }
}

function notes(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

test("the last release asks a service that listens, and waits for its end", async () => {
  await using local = new Asked();
  const handle = await local.command("listens", { stop: { timeout: LONG } }).acquire();
  assertEquals((await local.status()).guardian, undefined);
  assert(await took(() => handle.release()) < LONG / 2);
  assertEquals([local.notes(), isAlive(handle.pid)], [["stopped"], false]);
  assertEquals(local.remains(), NOTHING);
});

test("a service that does not listen ends at once, however long it would get", async () => {
  await using local = new Asked();
  const handle = await local.command("is deaf", { stop: { timeout: LONG } }).acquire();
  assert(await took(() => handle.release()) < LONG / 2);
  assert(!isAlive(handle.pid));
});

test("a service that is asked and does not obey is ended when the time is up", async () => {
  await using local = new Asked();
  const handle = await local.command("is stubborn", { stop: { timeout: 500 } }).acquire();
  const lasted = await took(() => handle.release());
  assert(lasted >= 495 && lasted < 10_000, `${lasted} ms`);
  assertEquals([local.notes(), isAlive(handle.pid)], [["asked"], false]);
});

test("a policy of SIGKILL asks nobody", async () => {
  await using local = new Asked();
  const handle = await local.command("listens", { stop: { signal: "SIGKILL" } }).acquire();
  assertEquals((await local.status()).guardian, undefined);
  await handle.release();
  assertEquals([local.notes(), isAlive(handle.pid)], [[], false]);
});

test("who does not listen ends when the listeners have, who may need it", async () => {
  await using local = new Asked();
  const handle = await local.command("has a helper").acquire();
  await handle.release();
  assertEquals([local.notes(), isAlive(handle.pid)], [["stopped", "helper alive"], false]);
});

test("a listener below a program that does not listen is asked", async () => {
  await using local = new Asked();
  const { program, args } = asked("listens", local.file);
  const command = ["cmd.exe", "/q", "/c", program, ...args] as const;
  await (await local.command("", { command }).acquire()).release();
  assertEquals(local.notes(), ["stopped"]);
});

test("stopService() asks, with clients and without", async () => {
  for (const force of [false, true]) {
    await using local = new Asked();
    const service = local.command("listens", force ? {} : { linger: LONG });
    const handle = await service.acquire();
    if (!force) await handle.release();
    assertEquals(await stopService(local.name, { directory: local.records, force }), true);
    assertEquals([local.notes(), isAlive(handle.pid)], [["stopped"], false]);
    await handle.release();
  }
});

test("a keeper asks when its service has lingered", async () => {
  await using local = new Asked();
  const handle = await local.command("listens", { linger: 50 }).acquire();
  await handle.release();
  await waitForExit(handle.pid, { timeout: KILLED_IN });
  assertEquals(local.notes(), ["stopped"]);
  await eventually(() => readdirSync(local.records).length === 0);
});

test("a recovery asks the service that it replaces, onRecover or not", async () => {
  for (const recovers of [false, true]) {
    await using local = new Asked();
    const launch = () => local.launchAsked("listens");
    const service = local.service({
      onFirstAcquire: launch,
      onHealthCheck: () => false,
      ...(recovers ? { onRecover: launch } : {}),
    });
    const first = await service.acquire();
    const second = await service.acquire();
    assertEquals([local.notes(), isAlive(first.pid), isAlive(second.pid)], [
      ["stopped"],
      false,
      true,
    ]);
    await second.release();
    await first.release();
    assertEquals(local.notes(), ["stopped", "stopped"]);
  }
});

test("a signal in the policy has a keeper made, a timeout alone has not", async () => {
  const cases: [StopPolicy, boolean][] = [
    [{ signal: "SIGTERM" }, true],
    [{ signal: "SIGKILL" }, false],
    [{ timeout: 100 }, false],
  ];
  for (const [stop, kept] of cases) {
    await using local = new Local();
    await using _ = await local.service({ stop }).acquire();
    assertEquals((await local.status()).guardian !== undefined, kept);
  }
});

for (const runtime of OWN) {
  test(`the last client is killed: a service with a stop signal is asked by its keeper (${runtime})`, async () => {
    using stage = new Stage();
    await using client = launched(stage, runtime, { stop: { signal: "SIGTERM" } });
    const pid = await acquirePid(client);
    const { guardian } = await stage.observer().status();
    assert(guardian !== undefined);
    client.signal("SIGKILL");
    for (const one of [pid, guardian]) await waitForExit(one, { timeout: KILLED_IN });
    assertEquals([notes(`${stage.path}\\asked`), readdirSync(stage.records)], [["stopped"], []]);
  });

  test(`the last client is killed: without a stop signal the kernel ends the service at once (${runtime})`, async () => {
    using stage = new Stage();
    await using client = launched(stage, runtime, {});
    const pid = await acquirePid(client);
    client.signal("SIGKILL");
    await waitForExit(pid, { timeout: KILLED_IN });
    assertEquals(notes(`${stage.path}\\asked`), []);
  });

  test(`a keeper for the stop that is killed is replaced by whoever comes next (${runtime})`, async () => {
    using stage = new Stage();
    await using first = launched(stage, runtime, { stop: { signal: "SIGTERM" } });
    const pid = await acquirePid(first);
    const { guardian: old } = await stage.observer().status();
    assert(old !== undefined && kill(old));
    await waitForExit(old);
    await using second = launched(stage, runtime, {});
    assertEquals(await acquirePid(second), pid);
    const { guardian } = await stage.observer().status();
    assert(guardian !== undefined && guardian.pid !== old.pid);
    for (const client of [first, second]) client.signal("SIGKILL");
    for (const one of [pid, guardian]) await waitForExit(one, { timeout: KILLED_IN });
    assertEquals(notes(`${stage.path}\\asked`), ["stopped"]);
  });
}

function launched(stage: Stage, runtime: RuntimeName, options: object): Program {
  const args = [stage.name, stage.path, "asked", JSON.stringify(options)];
  return start(runtime, CLIENT, { args });
}
