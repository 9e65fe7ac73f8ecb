import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import process from "node:process";
import { identify, isAlive, stop } from "../../src/process/mod.ts";
import { test } from "../harness/mod.ts";
import { end, grandchild, NO_PID, obedient, shell, stubborn, zombie } from "./children.ts";

test("stop() of a process that obeys is terminated, long before the timeout", async () => {
  await using child = await obedient();
  const start = performance.now();
  assertEquals([await stop(child.pid), await child.ended], ["terminated", "SIGTERM"]);
  assert(performance.now() - start < 1000);
});

test("stop() of a process that ends in its own way on SIGTERM is terminated", async () => {
  await using child = await shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done");
  assertEquals([await stop(child.pid), await child.ended], ["terminated", 3]);
});

test("stop() kills a process that ignores SIGTERM, after the timeout and not before", async () => {
  await using child = await stubborn();
  const start = performance.now();
  const signal = AbortSignal.timeout(5000); // Without the SIGKILL, stop() would wait for ever.
  assertEquals(await stop(child.pid, { timeout: 100, signal }), "killed");
  assert(performance.now() - start >= 95);
  assertEquals(await child.ended, "SIGKILL");
});

test("stop() kills a process that is suspended and so never comes to handle SIGTERM", async () => {
  await using child = await shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done");
  process.kill(child.pid, "SIGSTOP");
  assertEquals(await stop(child.pid, { timeout: 20 }), "killed");
});

test("stop() with a timeout of 0 still asks first, and kills", async () => {
  await using child = await stubborn();
  assertEquals([await stop(child.pid, { timeout: 0 }), await child.ended], ["killed", "SIGKILL"]);
});

test("stop() asks with the signal it is told", async () => {
  await using child = await obedient();
  assertEquals([await stop(child.pid, { request: "SIGINT" }), await child.ended], [
    "terminated",
    "SIGINT",
  ]);
});

test("stop() of what is not there, or a zombie, is gone", async () => {
  await using parent = await zombie();
  assertEquals([await stop(NO_PID), await stop(parent.zombie)], ["gone", "gone"]);
});

test("stop() works on processes that are not our children", async () => {
  await using parent = await grandchild();
  const identity = identify(parent.grandchild) ?? NO_PID;
  assertEquals([await stop(identity), isAlive(identity)], ["terminated", false]);
});

test("stop() of an identity whose pid was reused is gone, and leaves the other process alone", async () => {
  await using child = await obedient();
  assertEquals(await stop({ pid: child.pid, startTime: "1" }, { timeout: 0 }), "gone");
  process.kill(child.pid, "SIGHUP");
  assertEquals(await child.ended, "SIGHUP");
});

test("stop() that is aborted rejects with the reason itself and kills nothing", async () => {
  await using child = await stubborn();
  const controller = new AbortController();
  const stopping = stop(child.pid, { timeout: 5000, signal: controller.signal })
    .catch((error) => error);
  const reason = new Error("leave it");
  controller.abort(reason);
  assertStrictEquals(await stopping, reason);
  assertEquals(isAlive(child.pid), true);
});

test("stop() with a signal that has fired does not even ask", async () => {
  await using child = await obedient();
  const reason = { why: "late" };
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await stop(child.pid, { signal }).catch((error) => error), reason);
  process.kill(child.pid, "SIGHUP");
  assertEquals(await child.ended, "SIGHUP");
});

test("two stops of one process both see its end", async () => {
  await using child = await stubborn();
  const stops = [stop(child.pid, { timeout: 10 }), stop(child.pid, { timeout: 5000 })];
  const [killed, other] = await Promise.all(stops);
  assertEquals([killed, other], ["killed", "terminated"]);
});

test("stop() refuses a negative and a NaN timeout, and asks nothing", async () => {
  await using child = await obedient();
  for (const timeout of [-1, NaN]) {
    await assertRejects(() => stop(child.pid, { timeout }), RangeError, "timeout");
  }
  assertEquals(isAlive(child.pid), true);
  end(child.pid);
});
