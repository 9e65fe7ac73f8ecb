import "./warm.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { createServer } from "node:http";
import { createServer as createSocketServer, type Server } from "node:net";
import { Command, CommandError, NotReadyError, TimeoutError } from "@procref/procref/command";
import { eventually, temporaryDirectory, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);
const LONG = "exec sleep 600";

async function listening(server: Server, where: number | string): Promise<AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(where as number, () => resolve()));
  const closed = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { [Symbol.asyncDispose]: closed };
}

/** A port on which nothing listens now. */
async function unusedPort(): Promise<number> {
  const server = createSocketServer();
  await using _server = await listening(server, 0);
  const address = server.address();
  return typeof address === "object" ? address?.port ?? 0 : 0;
}

test("waitForLine() gives the matching line of either stream, and takes nothing away", async () => {
  await using process = await sh(`echo starting; sleep 0.02; echo ready on 80 >&2; ${LONG}`)
    .start();
  assertEquals(await process.waitForLine(/on \d+/), "ready on 80");
  assertEquals(await process.waitForLine("starting"), "starting");
  process.kill();
  const { stdout, stderr } = await process.output();
  assertEquals([stdout, stderr], ["starting\n", "ready on 80\n"]);
});

test("a timeout that is longer than a timer can be is no limit", async () => {
  await using process = await sh(`sleep 0.05; echo ready; ${LONG}`).start();
  assertEquals(await process.waitForLine("ready", { timeout: 2 ** 31 }), "ready");
});

test("waitForLine() finds the line while somebody reads the output", async () => {
  await using process = await sh("echo a; sleep 0.05; echo b; sleep 0.05; echo c").start();
  const output = process.output();
  assertEquals(await process.waitForLine((line) => line === "b"), "b");
  assertEquals((await output).stdout, "a\nb\nc\n");
});

test("waitForLine() finds a line that has been gathered before", async () => {
  let seen = "";
  const onStdoutLine = (line: string) => void (seen = line);
  await using process = await sh(`echo early; echo late >&2; ${LONG}`, { onStdoutLine }).start();
  await eventually(() => seen === "early");
  assertEquals(await process.waitForLine("early"), "early");
  assertEquals(await process.waitForLine("late"), "late");
});

test("waitForLine() and then the lines: all of them", async () => {
  await using process = await sh("echo a; echo ready; echo b").start();
  await process.waitForLine("ready");
  assertEquals(await Array.fromAsync(process.stdoutLines()), ["a", "ready", "b"]);
});

test("a program is not held up by output that nobody reads while one waits for it", async () => {
  await using process = await sh(`head -c 1000000 /dev/zero; echo; echo ready >&2; ${LONG}`)
    .start();
  await process.waitForLine("ready");
});

test("waitForPort() waits for a port that opens late", async () => {
  const port = await unusedPort();
  await using process = await sh(LONG).start();
  const ready = process.waitForPort(port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await using _server = await listening(createSocketServer(), port);
  await ready;
});

test("waitForSocket() waits for a Unix domain socket", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/socket`;
  await using process = await sh(LONG).start();
  const ready = process.waitForSocket(path);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await using _server = await listening(createSocketServer((socket) => socket.destroy()), path);
  await ready;
  await assertRejects(() => process.waitForSocket(`/${"x".repeat(108)}`, { timeout: 50 }));
});

test("waitForHttp() waits for success", async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    response.statusCode = ++requests < 3 ? 503 : 200;
    response.setHeader("connection", "close");
    response.end("x");
  });
  const port = await unusedPort();
  await using _server = await listening(server, port);
  await using process = await sh(LONG).start();
  await process.waitForHttp(`http://127.0.0.1:${port}/health`);
  assertEquals(requests, 3);
});

test("waitForPath() waits for a file", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/ready`;
  await using process = await sh(`sleep 0.05; touch "$1"; ${LONG}`, { args: [path] }).start();
  await process.waitForPath(path);
});

test("waitFor() asks until the answer is true; a question that fails is a no", async () => {
  await using process = await sh(LONG).start();
  let asked = 0;
  await process.waitFor(() => {
    if (++asked < 2) throw new Error("not yet");
    return asked === 3;
  });
  assertEquals(asked, 3);
});

test("what is not ready in time is a NotReadyError that names time and condition", async () => {
  await using process = await sh(LONG).start();
  const port = await unusedPort();
  const error = await assertRejects(
    () => process.waitForPort(port, { timeout: 60 }),
    NotReadyError,
  );
  assertInstanceOf(error, TimeoutError);
  assertEquals(error.code, "not_ready");
  assertEquals(
    error.message,
    `\`sh\` was not ready after 60 ms: nothing accepts connections on port ${port}`,
  );
  await assertRejects(() => process.waitForLine("x", { timeout: 20 }), NotReadyError, "20 ms");
  await assertRejects(() => process.waitForPath("/nowhere", { timeout: 20 }), NotReadyError);
  await assertRejects(() => process.waitFor(() => false, { timeout: 20 }), NotReadyError);
  await assertRejects(() => process.waitFor(() => true, { timeout: NaN }), RangeError);
});

test("a program that ends is not waited for, and its last words are told", async () => {
  await using process = await sh("echo cannot start >&2; exit 3").start();
  const error = await assertRejects(
    () => process.waitForPort(1, { timeout: 60_000 }),
    CommandError,
  );
  assertEquals(error.message, "`sh` exited with code 3 before it was ready");
  assertEquals([error.code, error.exitCode, error.stderr], ["start_failed", 3, "cannot start\n"]);
  await assertRejects(() => process.waitForLine("no such line"), CommandError);
});

test("a wait for readiness can be given up", async () => {
  await using process = await sh(LONG).start();
  const controller = new AbortController();
  const { signal } = controller;
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await assertRejects(() => process.waitForLine("x", { signal }), Error, "enough");
  await assertRejects(() => process.waitForPort(1, { signal }), Error, "enough");
  assert(process.kill());
});
