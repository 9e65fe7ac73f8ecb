// onStopRequest(): the same on every system, whatever it is that asks there.

import { assert, assertEquals, assertThrows } from "@std/assert";
import process from "node:process";
import { isAlive, onStopRequest, stop } from "../../src/process/mod.ts";
import { OWN, posixTest, type Program, start, test } from "../harness/mod.ts";

const PROGRAM = new URL("./asked.ts", import.meta.url);

/** The program, once it is where it can be asked. */
async function program(how: string): Promise<Program> {
  const [runtime = "bun"] = OWN;
  const started = start(runtime, PROGRAM, { args: [how] });
  assertEquals(await started.line(), "ready");
  return started;
}

/** What it has told since, once it has ended. */
async function told(program: Program): Promise<string[]> {
  await program.ended;
  const lines: string[] = [];
  for (;;) {
    const line = await program.line().catch(() => undefined);
    if (line === undefined) return lines;
    lines.push(line);
  }
}

test("a process that is asked to stop calls its handler, waits for it, and ends with code 0", async () => {
  await using one = await program("listens");
  assertEquals(await stop(one.pid), "terminated");
  assertEquals([await one.ended, await told(one)], [0, ["stopped"]]);
});

test("several handlers are called at once, and the process ends after the last of them", async () => {
  await using one = await program("listens twice");
  assertEquals(await stop(one.pid), "terminated");
  assertEquals([await one.ended, await told(one)], [0, ["fast", "slow"]]);
});

test("what a handler throws is an uncaught error, after the other handlers are done", async () => {
  await using one = await program("fails");
  assertEquals(await stop(one.pid), "terminated");
  assertEquals([await one.ended, await told(one)], [7, ["slow", "uncaught Error: at its stop"]]);
});

test("whoever asks again is not heard, and waits for the same end", async () => {
  await using one = await program("is stubborn");
  const first = stop(one.pid);
  assertEquals(await one.line(), "asked");
  assertEquals([await stop(one.pid, { timeout: 200 }), await first], ["killed", "terminated"]);
  assertEquals(await told(one), []);
});

test("a handler that is taken off is not called", async () => {
  await using one = await program("takes one off");
  assertEquals(await stop(one.pid), "terminated");
  assertEquals([await one.ended, await told(one)], [0, ["stopped"]]);
});

test("without a handler a process ends at once, as it did before it had one", async () => {
  await using one = await program("takes all off");
  const begin = performance.now();
  assertEquals(await stop(one.pid), "terminated");
  assert(performance.now() - begin < 2500);
  if (process.platform !== "win32") assertEquals(await one.ended, "SIGTERM");
  assertEquals(await told(one), []);
});

test("a process that does not obey is killed, after the timeout and not before", async () => {
  await using one = await program("is stubborn");
  const begin = performance.now();
  assertEquals(await stop(one.pid, { timeout: 200 }), "killed");
  assert(performance.now() - begin >= 195);
  assertEquals(await told(one), ["asked"]);
});

test("a request of SIGKILL asks nobody", async () => {
  await using one = await program("listens");
  await stop(one.pid, { request: "SIGKILL" });
  assertEquals(await told(one), []);
});

test("stop() that is aborted leaves the process with the request", async () => {
  await using one = await program("is stubborn");
  const aborting = new AbortController();
  const stopping = stop(one.pid, { signal: aborting.signal }).catch((error) => error);
  assertEquals(await one.line(), "asked");
  aborting.abort("enough");
  assertEquals([await stopping, isAlive(one.pid)], ["enough", true]);
});

test("a process that takes its handler off ends by itself", async () => {
  await using one = await program("gives up");
  assertEquals([await one.ended, await told(one)], [0, []]);
});

posixTest("a handler does not hold a process alive", async () => {
  await using one = await program("passes");
  assertEquals([await one.ended, await told(one)], [0, []]);
});

test("what is no function is refused, and this process ends as any when it is asked", () => {
  assertThrows(() => onStopRequest("stop" as unknown as () => void), TypeError, "function");
  assertEquals(process.listenerCount("SIGTERM"), 0);
});
