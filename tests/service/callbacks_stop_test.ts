// onLastRelease, and handles.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { isAlive, waitForExit } from "@procref/procref/process";
import type { ServiceInfo } from "@procref/procref/service";
import { eventually, posixTest, RUNTIMES, test } from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

test("onLastRelease is called once, by the last release, with the current info", async () => {
  await using local = new Local();
  const told: ServiceInfo[] = [];
  const service = local.service({
    onFirstAcquire: () => local.launch({ port: 1 }),
    onRecover: () => local.launch({ port: 2 }),
    onLastRelease(info) {
      told.push(info);
      process.kill(info.pid, "SIGTERM");
    },
  });
  const first = await service.acquire();
  process.kill(first.pid, "SIGKILL");
  await waitForExit(first.pid);
  const second = await service.acquire();
  await second.release();
  assertEquals(told, []);
  // The first handle knows an old info; what is stopped is what there is.
  await first.release();
  assertEquals(told, [second.info]);
  assertEquals(local.remains(), NOTHING);
});

test("release() resolves when an onLastRelease that takes its time has ended", async () => {
  await using local = new Local();
  let over = false;
  const service = local.service({
    async onLastRelease({ pid }) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.kill(pid, "SIGKILL");
      over = true;
    },
  });
  await (await service.acquire()).release();
  assert(over);
});

for (const runtime of RUNTIMES) {
  test(`onLastRelease is called by one of several processes that release at once (${runtime})`, async () => {
    using stage = new Stage();
    const kills = { onLastRelease: "kills" };
    await using a = stage.client(runtime, kills);
    await using b = stage.client("bun", kills);
    await using c = stage.client("deno", kills);
    const pid = await acquirePid(a);
    await Promise.all([b, c].map(acquirePid));
    await Promise.all([a, b, c].map((client) => ask(client, "release")));
    assertEquals(stage.events().filter((event) => /^stop/.test(event)), [`stop ${pid}`]);
  });
}

posixTest(
  "onLastRelease throws: release() rejects with that very error, the reference is gone, the record stays",
  async () => {
    await using local = new Local();
    const mistake = new Error("no stop today");
    const failing = local.service({ onLastRelease: () => Promise.reject(mistake) });
    const handle = await failing.acquire();
    assertStrictEquals(await handle.release().catch((error: unknown) => error), mistake);
    const { count, files, living } = local.remains();
    assertEquals([count, files.length, living], [0, 1, [handle.pid]]);
    const { state, info } = await local.status();
    assertEquals([state, info?.pid], ["running", handle.pid]);
    // The next acquire adopts what it finds, and its release cleans up.
    const next = await local.service().acquire();
    assertEquals([next.pid, local.launched().length], [handle.pid, 1]);
    await next.release();
    assertEquals(local.remains(), NOTHING);
  },
);

test("what a throwing onLastRelease left is replaced by the next acquire if it has died since", async () => {
  await using local = new Local();
  const failing = local.service({
    onLastRelease: () => Promise.reject(new Error("no stop today")),
  });
  const { pid, ...handle } = await failing.acquire().then((handle) => ({
    pid: handle.pid,
    release: () => handle.release(),
  }));
  await handle.release().catch(() => {});
  process.kill(pid, "SIGKILL");
  await waitForExit(pid);
  await using next = await local.service().acquire();
  assertEquals(local.living(), [next.pid]);
});

test("a service that onLastRelease leaves alive is killed after stop.timeout", async () => {
  await using local = new Local();
  const service = local.service({ onLastRelease() {}, stop: { timeout: 50 } });
  const handle = await service.acquire();
  await handle.release();
  assert(!isAlive(handle.pid));
  assertEquals(local.remains(), NOTHING);
});

posixTest("without onLastRelease the service gets the signal of the stop policy", async () => {
  await using local = new Local();
  const service = local.service({ stop: { signal: "SIGINT" } });
  await (await service.acquire()).release();
  await eventually(() => local.signals()[0] !== null);
  assertEquals(local.signals(), ["SIGINT"]);
});

test("a service that is its client's own process is checked, recovered and released unharmed", async () => {
  await using local = new Local();
  const interrupted: string[] = [];
  const note = () => interrupted.push("SIGTERM");
  process.on("SIGTERM", note);
  const service = local.service({
    onFirstAcquire: () => ({ pid: process.pid }),
    onHealthCheck: () => false,
    stop: { timeout: 10 },
  });
  const first = await service.acquire();
  const second = await service.acquire();
  assertEquals([first.pid, second.pid], [process.pid, process.pid]);
  await first.release();
  await second.release();
  process.off("SIGTERM", note);
  assertEquals([interrupted, local.remains()], [[], NOTHING]);
});

test("releasing twice is a no-op: the second release takes nothing from others", async () => {
  await using local = new Local();
  const service = local.service();
  await using _other = await service.acquire();
  const handle = await service.acquire();
  await Promise.all([handle.release(), handle.release()]);
  await handle.release();
  assertEquals(service.count(), 1);
});

test("`await using` releases", async () => {
  await using local = new Local();
  const service = local.service();
  {
    await using _handle = await service.acquire();
    assertEquals(service.count(), 1);
  }
  assertEquals(local.remains(), NOTHING);
});

test("a handle tells pid, port and metadata, whatever the text, and cannot be changed", async () => {
  await using local = new Local();
  const metadata = {
    "schlüssel": "ä ö ü ß 漢字 🧨",
    "": "empty",
    "line\nbreak": 'quotes " and \\ and \u0000 and \u2028',
    __proto__x: "",
    ["__proto__"]: "own",
    constructor: "c",
  };
  const service = local.service({ onFirstAcquire: () => local.launch({ port: 65535, metadata }) });
  await using first = await service.acquire();
  await using second = await service.acquire();
  for (const { pid, port, info, lost } of [first, second]) {
    assertEquals([pid, port, lost], [local.launched()[0], 65535, false]);
    assertEquals(Object.entries(info.metadata ?? {}), Object.entries(metadata));
    assert(Object.isFrozen(info));
  }
});

test("a service without a port has none in handle, info and status", async () => {
  await using local = new Local();
  const service = local.service();
  await using handle = await service.acquire();
  assertEquals([handle.port, "port" in handle.info], [undefined, false]);
  assertEquals((await service.status()).info, { pid: handle.pid });
});
