// What can be seen of a service from outside.

import { assert, assertEquals } from "@std/assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { platform as system } from "../../ffi/platform.ts";
import { type Feature, MECHANISMS } from "../../src/platforms.ts";
import { identify, isAlive } from "@procref/procref/process";
import {
  hostReport,
  listServices,
  type ServiceStatus,
  SharedService,
} from "@procref/procref/service";
import { eventually, posixTest, RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, soon, Stage } from "./clients.ts";
import { Local } from "./local.ts";

test("a service that nobody ever used is absent, and looking makes nothing", async () => {
  await using local = new Local();
  const service = local.service();
  const { name } = local;
  assertEquals(await service.status(), { name, state: "absent", count: 0, holders: [] });
  assertEquals([service.count(), existsSync(local.records)], [0, false]);
});

test("the holders are exactly the clients, of both runtimes, once each however often they hold", async () => {
  using stage = new Stage();
  const clients = [...RUNTIMES, ...RUNTIMES].map((runtime) => stage.client(runtime));
  const [first, second] = clients;
  try {
    for (const client of clients) await acquirePid(client);
    if (first !== undefined) await acquirePid(first);
    const holders = async () => (await stage.observer().status()).holders;
    assertEquals(sorted(await holders()), sorted(clients.map(({ pid }) => identify(pid))));
    assertEquals(stage.observer().count(), 5);
    if (second === undefined) return;
    await ask(second, "release");
    assertEquals((await holders()).some(({ pid }) => pid === second.pid), false);
    assertEquals((await holders()).length, 3);
  } finally {
    for (const client of clients) await client[Symbol.asyncDispose]();
    await stage.gone();
  }
});

function sorted(holders: readonly ({ pid: number } | undefined)[]): unknown[] {
  return [...holders].sort((a, b) => (a?.pid ?? 0) - (b?.pid ?? 0));
}

posixTest("a running service tells info, generation, start and guardian", async () => {
  await using local = new Local();
  const before = Date.now();
  const service = local.service({ onFirstAcquire: () => local.launch({ port: 80 }) });
  await using handle = await service.acquire();
  const { guardian, startedAt, holders, ...rest } = await service.status();
  const expected: Partial<ServiceStatus> = {
    name: local.name,
    state: "running",
    count: 1,
    info: handle.info,
    generation: 1,
    healthy: true,
  };
  assertEquals(rest as Partial<ServiceStatus>, expected);
  assertEquals(holders, [identify(process.pid)].filter((one) => one !== undefined));
  assert(guardian !== undefined && isAlive(guardian) && guardian.pid !== process.pid);
  assert(readFileSync(`/proc/${guardian.pid}/cmdline`, "utf8").includes("procref-guardian"));
  const started = startedAt?.getTime() ?? 0;
  assert(started >= before && started <= Date.now());
});

for (
  const [what, check, healthy] of [
    ["what the health check says", () => false, false],
    ["no for a health check that throws", () => Promise.reject(new Error("?")), false],
    ["yes without a health check", undefined, true],
  ] as const
) {
  test(`status() tells ${what}, and changes nothing`, async () => {
    await using local = new Local();
    const service = local.service(check === undefined ? {} : { onHealthCheck: check });
    await using handle = await service.acquire();
    const { state, healthy: told } = await service.status();
    assertEquals([state, told, local.living()], ["running", healthy, [handle.pid]]);
  });
}

for (const runtime of RUNTIMES) {
  posixTest(
    `a service is starting while onFirstAcquire runs, with its client and guardian (${runtime})`,
    async () => {
      using stage = new Stage();
      await using client = stage.client(runtime, { onFirstAcquire: "hangs" });
      client.tell("acquire");
      await eventually(() => stage.launched().length === 1);
      const { state, count, holders, guardian, problem, info } = await stage.observer().status();
      assertEquals([state, count, problem, info], ["starting", 1, undefined, undefined]);
      assertEquals(holders.map(({ pid }) => pid), [client.pid]);
      assert(guardian !== undefined);
      client.signal("SIGKILL");
      await stage.gone();
    },
  );
}

test("a service is recovering while onRecover runs", async () => {
  await using local = new Local();
  const seen: ServiceStatus[] = [];
  const service = local.service({
    onHealthCheck: () => false,
    async onRecover(info) {
      seen.push(await local.status());
      return info;
    },
  });
  await using _first = await service.acquire();
  await using _second = await service.acquire();
  assertEquals(seen.map(({ state, count, generation }) => [state, count, generation]), [
    ["recovering", 2, 2],
  ]);
});

test("a service is stopping while onLastRelease runs", async () => {
  await using local = new Local();
  const seen: ServiceStatus[] = [];
  const service = local.service({
    async onLastRelease({ pid }) {
      seen.push(await local.status());
      process.kill(pid);
    },
  });
  await (await service.acquire()).release();
  assertEquals(seen.map(({ state, count, problem }) => [state, count, problem]), [
    ["stopping", 0, undefined],
  ]);
});

test("a status with a health check that never answers does not hang", async () => {
  await using local = new Local();
  const service = local.service({ onHealthCheck: () => new Promise(() => {}) });
  await using _handle = await service.acquire();
  assertEquals((await soon(service.status(), 3000)).state, "running");
});

test("listServices lists what has a record, by name, and nothing else", async () => {
  await using local = new Local();
  const names = ["b", "a", "c/../c"];
  const handles = await Promise.all(names.map((name) => local.service({}, name).acquire()));
  writeFileSync(`${local.records}/garbage.json`, "garbage");
  writeFileSync(`${local.records}/notes.txt`, "not ours");
  const listed = await listServices(local.records);
  assertEquals(listed.map(({ name, state, count }) => [name, state, count]), [
    ["a", "running", 1],
    ["b", "running", 1],
    ["c/../c", "running", 1],
  ]);
  assertEquals(
    new Set(listed.map(({ info }) => info?.pid)),
    new Set(handles.map(({ pid }) => pid)),
  );
  for (const handle of handles) await handle.release();
  assertEquals(await listServices(local.records), []);
});

test("listServices of a directory that is not there is empty", async () => {
  assertEquals(await listServices("/no/such/place"), []);
});

test("a status can be asked for by name alone, without knowing how the service starts", async () => {
  await using local = new Local();
  await using handle = await local.service().acquire();
  const other = new SharedService(local.name, {
    directory: local.records,
    onFirstAcquire: () => Promise.reject(new Error("never")),
  });
  assertEquals((await other.status()).info, handle.info);
});

posixTest("hostReport tells of every feature by which mechanism, and that all work here", () => {
  const { platform, runtime, features } = hostReport();
  assertEquals(platform, system);
  assertEquals(runtime, "Bun" in globalThis ? "bun" : "deno");
  assert(features.length >= 5);
  for (const { feature, available, mechanism, reason } of features) {
    assert(feature !== "" && mechanism !== "");
    // What a system has nothing for is told as missing.
    if (MECHANISMS[system][feature as Feature] === undefined) continue;
    assertEquals([available, reason], [true, undefined], feature);
  }
});
