// Several services in one process, one after the other, at once, and one inside the start of another.

import { assert, assertEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import { isAlive } from "@procref/procref/process";
import type { ServiceHandle } from "@procref/procref/service";
import { eventually, RUNTIMES, start, test } from "../harness/mod.ts";
import { acquirePid, ask, soon, Stage } from "./clients.ts";
import { Local, NOTHING } from "./local.ts";

/** The token that a process was started with. */
function tokenOf(pid: number): string | undefined {
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return environment.find((entry) => entry.startsWith("PROCREF_START="));
}

async function releaseAll(handles: readonly ServiceHandle[]): Promise<void> {
  for (const handle of handles) await handle.release();
}

test("concurrent acquires of one service in one process start it once and count each", async () => {
  await using local = new Local();
  const service = local.service();
  const handles = await Promise.all(Array.from({ length: 12 }, () => service.acquire()));
  assertEquals([local.launched().length, service.count()], [1, 12]);
  await Promise.all(handles.map((handle) => handle.release()));
  assertEquals(local.remains(), NOTHING);
});

test("two objects of one name in one process share the service", async () => {
  await using local = new Local();
  await using one = await local.service().acquire();
  await using other = await local.service().acquire();
  assertEquals([one.pid, local.service().count()], [other.pid, 2]);
});

test("services of two directories with one name have nothing to do with each other", async () => {
  await using local = new Local();
  await using one = await local.service().acquire();
  await using other = await local.service({ directory: `${local.path}/others` }).acquire();
  assertEquals([local.living(), local.service().count()], [[one.pid, other.pid], 1]);
});

test("two services that are started at once in one process have a token each", async () => {
  await using local = new Local();
  const handles = await Promise.all(
    ["a", "b"].map((name) =>
      local.service({
        async onFirstAcquire() {
          await new Promise((resolve) => setTimeout(resolve, 5));
          return local.launch();
        },
      }, `${local.name} ${name}`).acquire()
    ),
  );
  const tokens = handles.map(({ pid }) => tokenOf(pid));
  assertEquals([new Set(tokens).size, tokens.includes(undefined)], [2, false]);
  assertEquals(process.env["PROCREF_START"], undefined);
  await releaseAll(handles);
});

test("onFirstAcquire may acquire another service, and both have a token each", async () => {
  await using local = new Local();
  const handles: ServiceHandle[] = [];
  const inner = local.service({}, `${local.name} inner`);
  const outer = local.service({
    async onFirstAcquire() {
      handles.push(await inner.acquire());
      return local.launch();
    },
  });
  handles.unshift(await outer.acquire());
  const tokens = handles.map(({ pid }) => tokenOf(pid));
  assertEquals([new Set(tokens).size, tokens.includes(undefined)], [2, false]);
  await releaseAll(handles);
  assertEquals(local.remains(), NOTHING);
});

test("onFirstAcquire may acquire two other services at once, and all three have a token each", async () => {
  await using local = new Local();
  const inner = ["a", "b"].map((name) =>
    local.service({
      async onFirstAcquire() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return local.launch();
      },
    }, `${local.name} ${name}`)
  );
  let handles: ServiceHandle[] = [];
  const outer = local.service({
    async onFirstAcquire() {
      handles = await Promise.all(inner.map((service) => service.acquire()));
      return local.launch();
    },
  });
  const handle = await outer.acquire();
  handles.unshift(handle);
  assertEquals(new Set(handles.map(({ pid }) => tokenOf(pid))).size, 3);
  await releaseAll(handles);
});

test("an acquire inside a start that is given up meanwhile comes back all the same", async () => {
  await using local = new Local();
  const inner = local.service({}, `${local.name} inner`);
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const other = local.service({
    async onFirstAcquire() {
      begun.resolve();
      await over.promise;
      return local.launch();
    },
  }, `${local.name} other`);
  let nested: Promise<ServiceHandle> | undefined;
  const called = Promise.withResolvers<void>();
  const outer = local.service({
    async onFirstAcquire() {
      nested = inner.acquire();
      called.resolve();
      await nested;
      return local.launch();
    },
  });
  const controller = new AbortController();
  const given = outer.acquire({ signal: controller.signal }).catch((error) => error);
  await called.promise;
  // It takes the turn that the outer start has left to the inner one, and keeps it.
  const others = other.acquire();
  await begun.promise;
  do await new Promise((resolve) => setTimeout(resolve)); while (
    (await inner.status()).state !== "running"
  );
  controller.abort("enough");
  assertEquals(await given, "enough");
  over.resolve();
  const handles = [await others];
  assert(nested !== undefined);
  handles.push(await soon(nested, 3000));
  await releaseAll(handles);
  assertEquals(local.remains(), NOTHING);
});

for (const runtime of RUNTIMES) {
  test(`a service and one that its start acquires may be acquired at once (${runtime})`, async () => {
    using stage = new Stage();
    await using client = nested(stage, runtime, "both");
    assertEquals((await ask(client, "acquire")).split(" ")[0], "acquired");
    assertEquals(await ask(client, "release"), "released");
    assertEquals(stage.living(), []);
  });

  test(`kill -9 in a start leaves alone what another start in it made for others too (${runtime})`, async () => {
    using stage = new Stage();
    await using inner = stage.client("bun");
    await using client = nested(stage, runtime, "hangs");
    assertEquals(await ask(client, "acquire"), "inner acquired");
    const pid = await acquirePid(inner);
    assertEquals(stage.living().length, 2);
    client.signal("SIGKILL");
    await client.ended;
    await eventuallyOnly(stage, pid);
    assertEquals([await ask(inner, "count"), isAlive(pid)], ["count 1", true]);
    await ask(inner, "release");
    assertEquals(stage.living(), []);
  });

  test(`the token of a program that is itself a service stays in its environment (${runtime})`, async () => {
    using stage = new Stage();
    await using client = nested(stage, runtime, "token", { PROCREF_START: "of the program" });
    assertEquals(await ask(client, "acquire"), "PROCREF_START=of the program");
    assertEquals(await ask(client, "release"), "released");
  });
}

function nested(stage: Stage, runtime: "deno" | "bun", how: string, env = {}) {
  const args = [stage.name, stage.path, how];
  return start(runtime, new URL("./nested_client.ts", import.meta.url), { args, env });
}

/** Waits until only this process of all that were launched lives. */
async function eventuallyOnly(stage: Stage, pid: number): Promise<void> {
  await eventually(() => stage.living().every((one) => one === pid));
}
