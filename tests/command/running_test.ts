import "./warm.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Command, CommandError, ProcrefError, TimeoutError } from "@procref/procref/command";
import { exitStatus } from "@procref/procref/child";
import { identify } from "@procref/procref/process";
import { eventually, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

test("a running process has a pid, a start time and an age", async () => {
  await using process = await sh("exec sleep 600").start();
  assert(process.pid > 0);
  assertEquals(process.startTime, identify(process.pid)?.startTime);
  await eventually(() => process.elapsed > 1);
  assert(process.kill());
  assertEquals(await process.wait(), exitStatus("SIGKILL"));
  const { elapsed } = process;
  assertEquals(process.elapsed, elapsed);
  assertEquals(process.kill(), false);
});

test("any number may wait, and each for as long as it likes", async () => {
  await using process = await sh("read -r _; exit 3", { stdin: "piped" }).start();
  await assertRejects(() => process.wait({ timeout: 10 }), Error, "the end of `sh`");
  const signal = AbortSignal.abort(new Error("not now"));
  await assertRejects(() => process.wait({ signal }), Error, "not now");
  const waiters = [process.wait(), process.wait(), process.output()];
  await process.writeLine("go");
  const [first, second] = await Promise.all(waiters);
  assertEquals([first?.code, second?.code], [3, 3]);
  assertEquals((await process.wait()).code, 3);
});

test("standard input is written as one likes, and ended", async () => {
  await using process = await new Command("cat", { stdin: "piped" }).start();
  assertEquals(await process.write("a"), true);
  assertEquals(await process.write(new Uint8Array([98])), true);
  assertEquals(await process.writeLine("c"), true);
  const writer = process.stdin?.getWriter();
  await writer?.write(new TextEncoder().encode("d\n"));
  writer?.releaseLock();
  await process.closeStdin();
  await process.closeStdin();
  assertEquals((await process.output()).stdout, "abc\nd\n");
});

test("writing to a program that reads no more is told, not thrown", async () => {
  await using process = await sh("exec 0<&-; echo closed; exec sleep 600", { stdin: "piped" })
    .start();
  await process.waitForLine("closed");
  await eventually(() => true);
  assertEquals(await process.writeLine("x"), false);
});

test("a dialogue: one line there, one line back", async () => {
  await using process = await sh('while read -r line; do echo "<$line>"; done', {
    stdin: "piped",
  }).start();
  const lines = process.stdoutLines()[Symbol.asyncIterator]();
  for (const word of ["a", "b", "c"]) {
    await process.writeLine(word);
    assertEquals((await lines.next()).value, `<${word}>`);
  }
  await process.closeStdin();
  assertEquals((await lines.next()).done, true);
  assertEquals((await process.wait()).success, true);
});

test("lines are read at the reader's pace", async () => {
  await using process = await sh("i=0; while :; do i=$((i+1)); echo $i; done").start();
  let count = 0;
  for await (const line of process.stdoutLines()) {
    assertEquals(line, `${++count}`);
    if (count === 1000) break;
  }
  process.kill();
  await process.wait();
});

test("bytes are read as they come, and the pipe can be closed", async () => {
  await using process = await sh("head -c 1000000 /dev/zero; echo x >&2; exit 2").start();
  let length = 0;
  for await (const bytes of process.stdoutBytes()) length += bytes.length;
  assertEquals(length, 1_000_000);
  const { stderr, code } = await process.output();
  assertEquals([stderr, code], ["x\n", 2]);
  await using endless = await new Command("yes").start();
  const reader = endless.stdoutBytes().getReader();
  await reader.read();
  await reader.cancel();
  assertEquals((await endless.wait()).success, false);
});

test("after the lines, the rest of the outcome", async () => {
  await using process = await sh("echo a; echo b >&2; exit 4").start();
  assertEquals(await Array.fromAsync(process.stdoutLines()), ["a"]);
  const { stdout, stderr, code } = await process.output();
  assertEquals([stdout, stderr, code], ["", "b\n", 4]);
});

test("who leaves events() early lets the program go on", async () => {
  const line = "seq 1 100000; seq 1 100000 >&2; exit 3";
  await using process = await sh(line).start();
  for await (const event of process.events()) {
    assertEquals(event, { stream: "stdout", line: "1" });
    break;
  }
  assertEquals((await process.wait({ timeout: 20_000 })).code, 3);
});

test("after an error in its lines, a program goes on as well", async () => {
  const line = "printf '\\377\\n'; seq 1 100000; exit 3";
  for (const lines of ["stdoutLines", "events"] as const) {
    await using process = await sh(line, { fatal: true }).start();
    const error = await assertRejects(
      () => Array.fromAsync<unknown>(process[lines]()),
      CommandError,
    );
    assertEquals(error.code, "encoding");
    assertEquals((await process.wait({ timeout: 20_000 })).code, 3);
  }
});

test("events() tells lines of both streams, and which is which", async () => {
  await using process = await sh("echo a; sleep 0.05; echo b >&2; sleep 0.05; printf c").start();
  assertEquals(await Array.fromAsync(process.events()), [
    { stream: "stdout", line: "a" },
    { stream: "stderr", line: "b" },
    { stream: "stdout", line: "c" },
  ]);
});

test("a stream has one reader", async () => {
  await using process = await sh("echo a").start();
  process.stdoutLines();
  const refusal = assertThrows(() => process.stdoutLines(), ProcrefError);
  assertEquals(refusal.code, "closed");
  assertThrows(() => process.events(), ProcrefError);
});

test("cancelling the command ends its lines with the reason", async () => {
  const controller = new AbortController();
  await using process = await sh("echo a; exec sleep 600", { signal: controller.signal }).start();
  const seen: string[] = [];
  await assertRejects(
    async () => {
      for await (const line of process.stdoutLines()) {
        seen.push(line);
        controller.abort(new Error("enough"));
      }
    },
    Error,
    "enough",
  );
  assertEquals(seen, ["a"]);
});

test("a timeout of the command ends it while it runs", async () => {
  await using process = await sh("exec sleep 600", { timeout: 50 }).start();
  assertEquals((await process.wait()).signal, "SIGKILL");
  assertEquals((await process.output()).timedOut, true);
});

test("handlers hear of lines although nobody asks for the output", async () => {
  const lines: string[] = [];
  const onStdoutLine = (line: string) => void lines.push(line);
  await using _process = await sh("echo a; exec sleep 600", { onStdoutLine }).start();
  await eventually(() => lines.length > 0);
  assertEquals(lines, ["a"]);
});

test("a signal reaches the program", async () => {
  await using process = await sh(
    "trap 'echo usr; exit 7' USR1; echo ready; while :; do sleep 0.01; done",
  )
    .start();
  await process.waitForLine("ready");
  assertEquals(process.sendSignal("SIGUSR1"), true);
  const { stdout, code } = await process.output();
  assertEquals([stdout, code], ["ready\nusr\n", 7]);
});

test("what a run uses is told while it runs and at the end", async () => {
  await using process = await sh("i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done").start();
  const profile = await process.profile(5);
  assertEquals(profile.status.success, true);
  assert(profile.samples >= 2);
  assert(profile.cpuTime > 0 && profile.duration > 0);
  assert(profile.peakMemory > 100_000);
  assertEquals(profile.averageCpu, profile.cpuTime / profile.duration);
  assert(process.cpuTime > 0 && process.peakMemory > 0);
  await assertRejects(() => process.profile(0), RangeError);
  await assertRejects(() => process.profile(NaN), RangeError);
});

test("a wait that is over in time is a TimeoutError", async () => {
  await using process = await sh("exec sleep 600").start();
  await assertRejects(() => process.wait({ timeout: 0 }), TimeoutError);
  await assertRejects(() => process.wait({ timeout: -1 }), RangeError);
});
