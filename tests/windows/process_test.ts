import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { pid } from "node:process";
import {
  identify,
  isAlive,
  kill,
  sendSignal,
  signalName,
  signalNumber,
  signals,
  stop,
  terminate,
  TimeoutError,
  UnsupportedError,
  waitForExit,
} from "../../src/process/mod.ts";
import { allProcesses, suspendProcess } from "../../src/process/windows.ts";
import { windowsTest as test } from "../harness/mod.ts";
import { end, idler, NO_PID } from "./children.ts";

test("this process is alive, and a pid that nobody has is not", () => {
  assertEquals([isAlive(pid), isAlive(NO_PID)], [true, false]);
});

test("a number between two pids is no pid, although the kernel would take it for one", () => {
  for (const near of [pid + 1, pid + 2, pid + 3]) {
    assertEquals([isAlive(near), identify(near), kill(near)], [false, undefined, false]);
  }
});

test("what is no pid is a RangeError", () => {
  for (const bad of [0, -1, -(2 ** 31), 1.5, NaN]) {
    assertThrows(() => isAlive(bad), RangeError);
    assertThrows(() => kill(bad), RangeError);
  }
});

test("an identity is the same whoever asks, and lives as long as its process", async () => {
  await using child = await idler();
  const identity = identify(child.pid);
  assert(identity !== undefined);
  assertEquals([identify(child.pid), isAlive(identity)], [identity, true]);
  const listed = allProcesses().find((one) => one.pid === child.pid);
  assertEquals([listed?.startTime, listed?.parent], [identity.startTime, pid]);
  kill(identity);
  await waitForExit(identity);
  assertEquals([isAlive(child.pid), isAlive(identity), identify(child.pid)], [
    false,
    false,
    undefined,
  ]);
});

test("an identity whose pid belongs to another process is neither alive nor signalled", async () => {
  await using child = await idler();
  const other = { pid: child.pid, startTime: "1" };
  assertEquals([isAlive(other), kill(other), await stop(other)], [false, false, "gone"]);
  assertEquals(isAlive(child.pid), true);
});

test("signal 0 only asks", async () => {
  await using child = await idler();
  assertEquals([sendSignal(child.pid, 0), isAlive(child.pid)], [true, true]);
});

test("each signal of Windows ends the process, with a code that tells which it was", async () => {
  for (const name of signals()) {
    await using child = await idler();
    assertEquals(sendSignal(child.pid, name), true);
    await waitForExit(child.pid);
    assertEquals((await child.ended) & 0xff, signalNumber(name));
  }
});

test("a signal that Windows does not have is refused, and ends nothing", async () => {
  await using child = await idler();
  assertThrows(() => sendSignal(child.pid, "SIGHUP"), TypeError, "SIGHUP");
  assertThrows(() => sendSignal(child.pid, 1), UnsupportedError, "Signal 1");
  assertEquals(isAlive(child.pid), true);
});

test("every signal's name and number are each other's", () => {
  assertEquals(signals().map((name) => signalName(signalNumber(name) ?? -1)), [...signals()]);
  assertEquals([signalNumber("SIGUSR1"), signalName(10)], [undefined, undefined]);
});

test("terminate() and kill() are false once it has ended", async () => {
  await using child = await idler();
  assertEquals(terminate(child.pid), true);
  await waitForExit(child.pid);
  assertEquals([terminate(child.pid), kill(child.pid)], [false, false]);
});

test("stop() ends a process, also one that is suspended, and what is gone is gone", async () => {
  await using child = await idler();
  await using suspended = await idler();
  suspendProcess(suspended.pid, true);
  assertEquals([await stop(child.pid), await stop(suspended.pid)], ["terminated", "terminated"]);
  assertEquals([await stop(child.pid), await stop(NO_PID)], ["gone", "gone"]);
});

test("a suspended process is alive", async () => {
  await using child = await idler();
  suspendProcess(child.pid, true);
  await assertRejects(() => waitForExit(child.pid, { timeout: 20 }), TimeoutError);
  assertEquals(isAlive(child.pid), true);
  suspendProcess(child.pid, false);
});

test("waitForExit() resolves when the process ends, for each of 100 who wait", async () => {
  await using child = await idler();
  const waits = Array.from({ length: 100 }, () => waitForExit(child.pid));
  end(child.pid);
  await Promise.all(waits);
  await waitForExit(child.pid, { timeout: 0 });
});

test("waitForExit() with a timeout of 0 rejects promptly, naming the process", async () => {
  const identity = identify(pid) ?? { pid, startTime: "" };
  const start = performance.now();
  const wait = () => waitForExit(identity, { timeout: 0 });
  await assertRejects(wait, TimeoutError, `pid ${pid} (started ${identity.startTime})`);
  assert(performance.now() - start < 100, "requirements: 10 ms; a test allows ten times as much");
});

test("waitForExit() that is aborted rejects with the reason itself", async () => {
  const controller = new AbortController();
  const waiting = waitForExit(pid, { signal: controller.signal }).catch((error) => error);
  const reason = { why: "enough" };
  controller.abort(reason);
  assertStrictEquals(await waiting, reason);
});
