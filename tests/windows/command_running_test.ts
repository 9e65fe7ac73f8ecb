import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { createServer } from "node:http";
import { createServer as createSocketServer, type Server } from "node:net";
import { join } from "node:path";
import {
  Command,
  CommandError,
  NotReadyError,
  ProcrefError,
  TimeoutError,
} from "@procref/procref/command";
import { exitStatus } from "@procref/procref/child";
import { freePort } from "../../src/ready/port.ts";
import { idle } from "../command/programs.ts";
import { eventually, temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { cmd, take } from "./commands.ts";
import { openHandles, openServer, WINE } from "./handles.ts";

const ENDLESS = "for /l %i in (1,0,2) do @echo y";

async function listening(server: Server, port: number): Promise<AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  const closed = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { [Symbol.asyncDispose]: closed };
}

test("a running process has a pid, a start time and an age", async () => {
  await using process = await idle().start();
  assert(process.pid > 0);
  assert(/^\d+$/.test(process.startTime));
  await eventually(() => process.elapsed > 1);
  assert(process.kill());
  assertEquals(await process.wait(), exitStatus("SIGKILL"));
  const { elapsed } = process;
  assertEquals([process.elapsed, process.kill()], [elapsed, false]);
});

test("any number may wait, and each for as long as it likes", async () => {
  await using process = await take(["obey"], { stdin: "piped" }).start();
  await assertRejects(() => process.wait({ timeout: 10 }), TimeoutError, "the end of");
  const signal = AbortSignal.abort(new Error("not now"));
  await assertRejects(() => process.wait({ signal }), Error, "not now");
  const waiters = [process.wait(), process.wait(), process.output()];
  await process.writeLine("3");
  assertEquals((await Promise.all(waiters)).map(({ code }) => code), [3, 3, 3]);
});

test("a dialogue: one line there, one line back, and the end of standard input", async () => {
  await using process = await take(["echo"], { stdin: "piped" }).start();
  const lines = process.stdoutLines()[Symbol.asyncIterator]();
  for (const word of ["a", "b", "c"]) {
    await process.writeLine(word);
    assertEquals((await lines.next()).value, `<${word}>`);
  }
  await process.closeStdin();
  await process.closeStdin();
  assertEquals((await lines.next()).done, true);
  assertEquals((await process.wait()).success, true);
  assertEquals(await process.writeLine("x"), false);
});

test("lines are read at the reader's pace, and bytes; the pipe can be closed", async () => {
  await using process = await cmd("for /l %i in (1,1,100000) do @echo %i").start();
  let count = 0;
  for await (const line of process.stdoutLines()) {
    assertEquals(line, `${++count}`);
    if (count === 200) break;
  }
  process.kill();
  await process.wait();
  await using endless = await take(["endless y"]).start();
  const reader = endless.stdoutBytes().getReader();
  await reader.read();
  await reader.cancel();
  assertEquals((await endless.wait()).success, false);
});

test("events() tells lines of both streams, and which is which; a stream has one reader", async () => {
  await using process = await cmd("echo a& ping -n 2 127.0.0.1 >nul& echo b>&2").start();
  const events = process.events();
  assertThrows(() => process.stdoutLines(), ProcrefError);
  assertEquals(await Array.fromAsync(events), [
    { stream: "stdout", line: "a" },
    { stream: "stderr", line: "b" },
  ]);
});

test("who leaves stdoutLines() early lets the program go on", async () => {
  await using process = await cmd("(for /l %i in (1,1,20000) do @echo %i)& exit 3").start();
  for await (const line of process.stdoutLines()) {
    assertEquals(line, "1");
    break;
  }
  assertEquals((await process.wait({ timeout: 60_000 })).code, 3);
});

test("cancelling the command ends its lines with the reason; a timeout ends it too", async () => {
  const controller = new AbortController();
  await using process = await cmd(ENDLESS, { signal: controller.signal }).start();
  const read = async () => {
    for await (const _ of process.stdoutLines()) controller.abort(new Error("enough"));
  };
  await assertRejects(read, Error, "enough");
  await using late = await idle({ timeout: 50 }).start();
  assertEquals([(await late.wait()).signal, (await late.output()).timedOut], ["SIGKILL", true]);
});

test("a signal ends the program, and is told by its name; others are refused", async () => {
  await using process = await idle().start();
  assertThrows(() => process.sendSignal("SIGUSR1"), TypeError);
  assertEquals(process.sendSignal("SIGTERM"), true);
  assertEquals(await process.wait(), exitStatus("SIGTERM"));
});

test("what a run uses is told while it runs and at the end", async () => {
  await using process = await take(["busy 1000"]).start();
  const profile = await process.profile(20);
  assertEquals(profile.status.success, true);
  assert(profile.samples >= 2, `${profile.samples}`);
  assert((profile.cpuTime > 0 || WINE) && profile.duration > 0, `${profile.cpuTime}`);
  assert(profile.peakMemory > 100_000, `${profile.peakMemory}`);
  assertEquals(profile.averageCpu, profile.cpuTime / profile.duration);
  assert((process.cpuTime > 0 || WINE) && process.peakMemory > 0);
});

test("waitForLine() gives the matching line of either stream, and takes nothing away", async () => {
  await using process = await cmd("echo starting& echo ready on 80>&2& pause>nul", {
    stdin: "piped",
  }).start();
  assertEquals(await process.waitForLine(/on \d+/), "ready on 80");
  assertEquals(await process.waitForLine("starting"), "starting");
  process.kill();
  const { stdout, stderr } = await process.output();
  assertEquals([stdout, stderr], ["starting\r\n", "ready on 80\r\n"]);
});

test("waitForPort() waits for a port that opens late", async () => {
  const port = freePort();
  await using process = await idle().start();
  const ready = process.waitForPort(port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await using _server = await listening(createSocketServer(), port);
  await ready;
});

test("waitForHttp() waits for success", async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    response.statusCode = ++requests < 3 ? 503 : 200;
    response.setHeader("connection", "close");
    response.end("x");
  });
  const port = freePort();
  await using _server = await listening(server, port);
  await using process = await idle().start();
  await process.waitForHttp(`http://127.0.0.1:${port}/health`);
  assertEquals(requests, 3);
});

test("waitForPath() waits for a file, waitForSocket() for a named pipe", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "a b", "ready");
  await using process = await cmd(`mkdir "${join(path, "..")}"& echo x>"${path}"& pause>nul`, {
    stdin: "piped",
  }).start();
  await process.waitForPath(path);
  const name = `\\\\.\\pipe\\procref-test-${crypto.randomUUID()}`;
  const ready = process.waitForSocket(name);
  await new Promise((resolve) => setTimeout(resolve, 20));
  using _server = openServer(name);
  await ready;
  await assertRejects(() => process.waitForSocket(`C:\\${"x".repeat(108)}`, { timeout: 50 }));
});

test("a socket of the file system is waited for, or refused by a Windows that has none", async () => {
  using directory = temporaryDirectory();
  await using process = await idle().start();
  const error = await assertRejects(
    () => process.waitForSocket(join(directory.path, "none"), { timeout: 50 }),
    ProcrefError,
  );
  assert(error instanceof NotReadyError || error.code === "unsupported", String(error));
});

test("waitFor() asks until the answer is true; a question that fails is a no", async () => {
  await using process = await idle().start();
  let asked = 0;
  await process.waitFor(() => {
    if (++asked < 2) throw new Error("not yet");
    return asked === 3;
  });
  assertEquals(asked, 3);
});

test("what is not ready in time is a NotReadyError that names time and condition", async () => {
  await using process = await idle().start();
  const port = freePort();
  const error = await assertRejects(
    () => process.waitForPort(port, { timeout: 60 }),
    NotReadyError,
  );
  assertInstanceOf(error, TimeoutError);
  assertEquals(
    error.message,
    `\`ping\` was not ready after 60 ms: nothing accepts connections on port ${port}`,
  );
  await assertRejects(() => process.waitForLine("x", { timeout: 20 }), NotReadyError, "20 ms");
  await assertRejects(() => process.waitForPath("C:\\nowhere", { timeout: 20 }), NotReadyError);
});

test("a program that ends is not waited for, and its last words are told", async () => {
  await using process = await cmd("echo cannot start>&2& exit 3").start();
  const error = await assertRejects(
    () => process.waitForPort(1, { timeout: 60_000 }),
    CommandError,
  );
  assertEquals(error.message, "`cmd` exited with code 3 before it was ready");
  assertEquals([error.code, error.exitCode], ["start_failed", 3]);
  assertEquals(error.stderr, "cannot start\r\n");
});

test("many runs, some of them killed or not read to their end, leave no handle", async () => {
  const large = { text: "x".repeat(1 << 20) };
  const kinds = [
    () => idle({ timeout: 20 }).output(),
    // Who writes is told that nobody reads.
    () => cmd("echo a", { stdin: large }).output(),
    () => assertRejects(() => new Command("no such program").run()),
    async () => {
      for await (const _line of cmd(ENDLESS).lines()) break;
    },
  ];
  const all = () => Promise.all(kinds.map((run) => run()));
  await all();
  const before = openHandles();
  const rounds = 6;
  for (let round = 0; round < rounds; round++) await all();
  const more = openHandles() - before;
  assert(more < rounds, `${more} more`);
});
