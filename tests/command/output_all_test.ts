import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Command,
  outputAll,
  outputStream,
  ProcrefError,
  type RunEvent,
  ScriptedRunner,
  TimeoutError,
  waitAll,
  waitAny,
} from "@procref/procref/command";
import { SharedChild } from "@procref/procref/child";
import { isAlive, kill } from "@procref/procref/process";
import { RUNTIMES, start, test } from "../harness/mod.ts";
import { idle, NOTHING, run, windows } from "./programs.ts";
import "./warm.ts";

const exit = (code: number) => Command.shell(`exit ${code}`);

test("waitAny() tells which ended first, and leaves the others usable", async () => {
  await using slow = await run("read line; exit $line", ["obey"], { stdin: "piped" }).start();
  await using quick = await exit(3).start();
  const { index, status } = await waitAny([slow, quick]);
  assertEquals([index, status.code], [1, 3]);
  const writer = slow.stdin?.getWriter();
  await writer?.write(new TextEncoder().encode("7\n"));
  await writer?.close();
  assertEquals((await slow.wait()).code, 7);
});

test("waitAny() and waitAll() take shared children too", async () => {
  await using child = SharedChild.spawn(NOTHING.program, { args: NOTHING.args });
  await using process = await exit(4).start();
  assertEquals((await waitAll([process, child])).map(({ code }) => code), [4, 0]);
  assertEquals((await waitAny([child, process])).index, 0);
  assertEquals(await waitAll([]), []);
});

for (const runtime of RUNTIMES) {
  test(`after waitAny() the others hold nobody up in ${runtime}`, async () => {
    await using owner = start(runtime, new URL("wait_any_owner.ts", import.meta.url));
    const slow = Number(await owner.line());
    assertEquals([await owner.line(), await owner.ended], ["1", 0]);
    assertEquals(kill(slow), true);
  });
}

test("waits for several end at a timeout and at an abort, and kill nothing", async () => {
  await using one = await idle().start();
  await using two = await idle().start();
  const error = await assertRejects(() => waitAny([one, two], { timeout: 20 }), TimeoutError);
  assert(error.message.includes(`${one.pid}, ${two.pid}`), error.message);
  await assertRejects(() => waitAll([one, two], { timeout: 0 }), TimeoutError);
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => waitAny([one], { signal }), Error), reason);
  assertEquals(one.kill(), true);
  assertEquals((await waitAny([one, two])).index, 0);
  await assertRejects(() => waitAny([]), RangeError);
  await assertRejects(() => waitAny([one], { timeout: NaN }), RangeError);
  await assertRejects(() => waitAll([one], { timeout: -1 }), RangeError);
});

test("outputAll() gives the outputs in the order of the commands; failures are data", async () => {
  const commands = [100, 50, 0].map((pause, index) => {
    const steps = [`sleep ${pause}`, `out ${index}\n`, `exit ${index}`];
    return run(`sleep ${pause / 1000}; echo ${index}; exit ${index}`, steps);
  });
  const outputs = await outputAll(commands, { concurrency: 3 });
  const told = outputs.map(({ stdout, code }) => [stdout, code]);
  assertEquals(told, [["0\n", 0], ["1\n", 1], ["2\n", 2]]);
  assertEquals(await outputAll([]), []);
});

test("no more than `concurrency` run at once, and as many as that do", async () => {
  let [running, most] = [0, 0];
  const runner = new ScriptedRunner().otherwise(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    return {};
  });
  const commands = Array.from({ length: 12 }, () => new Command("x", { runner }));
  await outputAll(commands, { concurrency: 3 });
  assertEquals([running, most], [0, 3]);
  most = 0;
  await outputAll(commands, { concurrency: 1 });
  assertEquals(most, 1);
  await outputAll(commands, { concurrency: Infinity });
  assertEquals(most, 12);
});

test("outputStream() gives the outputs in the order in which they end", async () => {
  const commands = [300, 150, 0].map((duration) =>
    new Command("x", { runner: new ScriptedRunner().otherwise({ duration }) })
  );
  const indexes = [];
  for await (const { index } of outputStream(commands, { concurrency: 3 })) indexes.push(index);
  assertEquals(indexes, [2, 1, 0]);
});

test("outputStream() asks for the next command only when there is room", async () => {
  let asked = 0;
  function* commands() {
    for (;; asked++) yield new Command("x", { runner: new ScriptedRunner().otherwise({}) });
  }
  let seen = 0;
  for await (const _ of outputStream(commands(), { concurrency: 2 })) {
    assert(asked <= seen + 3, `${asked} after ${seen}`);
    if (++seen === 10) break;
  }
});

test("leaving the loop ends what still runs", async () => {
  const pids: number[] = [];
  const onEvent = (event: RunEvent) => {
    if (event.type === "started") pids.push(event.pid);
  };
  const hang = idle({ onEvent });
  const brief = Command.shell(windows ? "ping -n 2 127.0.0.1" : "sleep 0.3");
  for await (const { index } of outputStream([hang, hang, brief], { concurrency: 3 })) {
    assertEquals(index, 2);
    break;
  }
  assertEquals([pids.length, pids.filter((pid) => isAlive(pid))], [2, []]);
});

test("a command that can't start cancels the others", async () => {
  const commands = [idle(), new Command("no such program"), idle()];
  const error = await assertRejects(() => outputAll(commands, { concurrency: 2 }), ProcrefError);
  assertEquals(error.code, "not_found");
});

test("cancelling all is one signal, and rejects with its reason", async () => {
  const reason = new Error("enough");
  const controller = new AbortController();
  const { signal } = controller;
  const all = outputAll([idle(), idle(), idle()], { concurrency: 2, signal });
  setTimeout(() => controller.abort(reason), 30);
  assertStrictEquals(await assertRejects(() => all, Error), reason);
  const early = outputAll([idle()], { signal });
  assertStrictEquals(await assertRejects(() => early, Error), reason);
});

test("a concurrency that is none is refused at once", async () => {
  for (const concurrency of [0, -1, NaN, 1.5]) {
    assertThrows(() => outputStream([], { concurrency }), RangeError);
    await assertRejects(() => outputAll([], { concurrency }), RangeError);
  }
});
