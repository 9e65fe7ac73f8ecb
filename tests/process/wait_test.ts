import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pid } from "node:process";
import { identify, TimeoutError, waitForExit } from "../../src/process/mod.ts";
import { eventually, test } from "../harness/mod.ts";
import { end, grandchild, NO_PID, obedient, zombie } from "./children.ts";

function descriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

test("waitForExit() resolves when a child ends", async () => {
  await using child = await obedient();
  const ended = waitForExit(child.pid);
  end(child.pid);
  await ended;
});

test("waitForExit() resolves when a process that is no child of ours ends", async () => {
  await using parent = await grandchild();
  const ended = waitForExit(parent.grandchild);
  const identity = identify(parent.grandchild);
  const same = identity && waitForExit(identity);
  end(parent.grandchild);
  await Promise.all([ended, same]);
});

test("waitForExit() of what is not there, or a zombie, or a reused pid resolves at once", async () => {
  await using parent = await zombie();
  await waitForExit(NO_PID, { timeout: 0 });
  await waitForExit(parent.zombie, { timeout: 0 });
  await waitForExit({ pid, startTime: "1" }, { timeout: 0 });
});

test("waitForExit() with a timeout of 0 rejects promptly, naming the process", async () => {
  await using child = await obedient();
  const start = performance.now();
  const wait = () => waitForExit(child.pid, { timeout: 0 });
  const error = await assertRejects(wait, TimeoutError, `pid ${child.pid}`);
  assert(performance.now() - start < 100, "requirements: 10 ms; a test allows ten times as much");
  assertEquals([error.name, error.code], ["TimeoutError", "timeout"]);
});

test("waitForExit() that times out names the identity with its start time", async () => {
  const identity = identify(pid) ?? { pid, startTime: "" };
  const wait = () => waitForExit(identity, { timeout: 1 });
  await assertRejects(wait, TimeoutError, `pid ${pid} (started ${identity.startTime})`);
});

test("waitForExit() that is aborted rejects with the reason itself", async () => {
  const controller = new AbortController();
  const waiting = waitForExit(pid, { signal: controller.signal }).catch((error) => error);
  const reason = { why: "enough" };
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
});

test("waitForExit() with a signal that has fired rejects with its reason", async () => {
  const reason = new Error("before");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await waitForExit(NO_PID, { signal }).catch((error) => error), reason);
});

test("waitForExit() refuses a negative and a NaN timeout", async () => {
  for (const timeout of [-1, NaN]) {
    await assertRejects(() => waitForExit(pid, { timeout }), RangeError, "timeout");
  }
});

test("one wait that times out leaves the others on the same process waiting", async () => {
  await using child = await obedient();
  const others = [waitForExit(child.pid), waitForExit(child.pid)];
  await assertRejects(() => waitForExit(child.pid, { timeout: 1 }), TimeoutError);
  end(child.pid);
  await Promise.all(others);
});

test("100 waits at once don't starve file reads, and all resolve", async () => {
  await using child = await obedient();
  const waits = Array.from({ length: 100 }, () => waitForExit(child.pid));
  assert((await readFile(new URL(import.meta.url), "utf8")).length > 0);
  end(child.pid);
  await Promise.all(waits);
});

test("waits on several processes resolve in the order in which these end", async () => {
  await using first = await obedient();
  await using second = await obedient();
  await using third = await obedient();
  const children = [third, first, second];
  const order: number[] = [];
  const waits = children.map((child) => waitForExit(child.pid).then(() => order.push(child.pid)));
  for (const [index, child] of [first, second, third].entries()) {
    end(child.pid);
    await eventually(() => order.length > index);
  }
  await Promise.all(waits);
  assertEquals(order, [first.pid, second.pid, third.pid]);
});

test("waits give their descriptors back, however they end", async () => {
  await using child = await obedient();
  const round = async () => {
    await assertRejects(() => waitForExit(child.pid, { timeout: 0 }), TimeoutError);
    await assertRejects(() => waitForExit(child.pid, { signal: AbortSignal.timeout(0) }));
  };
  await round();
  const before = descriptors();
  for (let left = 20; left > 0; left--) await round();
  await eventually(() => descriptors() <= before);
});
