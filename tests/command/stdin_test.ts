import "./warm.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { Command, isNotFound, ProcrefError } from "@procref/procref/command";
import { temporaryDirectory, test } from "../harness/mod.ts";

const cat = new Command("cat");
const LARGE = "0123456789abcdef".repeat(65_536); // 1 MiB

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

test("standard input is empty unless it is given", async () => {
  assertEquals(await cat.run(), "");
  assertEquals(await cat.with({ stdin: "null" }).run(), "");
  assertEquals(await cat.with({ stdin: "piped" }).run(), "");
});

test("standard input comes from a text, bytes, a file, lines or a stream", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/input`;
  writeFileSync(file, `${LARGE}from a file`);
  assertEquals(await cat.with({ stdin: { text: "ä text" } }).run(), "ä text");
  assertEquals(await cat.with({ stdin: { text: "" } }).run(), "");
  const { stdout } = await cat.with({ stdin: { bytes: new Uint8Array([0, 255]) } }).outputBytes();
  assertEquals([...stdout], [0, 255]);
  assertEquals(await cat.with({ stdin: { file } }).run(), `${LARGE}from a file`);
  assertEquals(await cat.with({ stdin: { lines: ["a", "b"] } }).run(), "a\nb");
  assertEquals(await cat.with({ stdin: streamOf("a", LARGE, "z") }).run(), `a${LARGE}z`);
});

test("lines may come later", async () => {
  async function* later() {
    await new Promise((resolve) => setTimeout(resolve, 5));
    yield "a";
    yield "b";
  }
  assertEquals(await cat.with({ stdin: { lines: later() } }).run(), "a\nb");
});

test("a missing input file is an error, and nothing is started", async () => {
  using directory = temporaryDirectory();
  const started = `${directory.path}/started`;
  const command = Command.shell(`touch ${started}`, { stdin: { file: "/nowhere/at-all" } });
  const error = await assertRejects(() => command.run());
  assert(isNotFound(error));
  assertStringIncludes(String(error), "/nowhere/at-all");
  assertEquals(existsSync(started), false);
});

test("what is no file is refused, keeps no timer waiting, and nothing is started", async () => {
  using directory = temporaryDirectory();
  const [started, pipe] = [`${directory.path}/started`, `${directory.path}/pipe`];
  execFileSync("mkfifo", [pipe]);
  const descriptors = readdirSync("/proc/self/fd").length;
  for (const file of [directory.path, pipe, "/dev/zero"]) {
    for (const options of [{ stdin: { file } }, { stdout: { file } }, { stderr: { file } }]) {
      const command = Command.shell(`touch ${started}`, options);
      const error = await assertRejects(() => command.run(), ProcrefError);
      assertEquals([error.code, existsSync(started)], ["not_a_file", false]);
    }
  }
  assertEquals(readdirSync("/proc/self/fd").length, descriptors);
});

test("the null device is a file as well, by any name", async () => {
  using directory = temporaryDirectory();
  const link = `${directory.path}/link`;
  symlinkSync("/dev/null", link);
  for (const file of ["/dev/null", link]) {
    const all = { stdin: { file }, stdout: { file, append: true }, stderr: { file } };
    const { stdout, stderr, success } = await Command.shell("cat; echo a; echo b >&2", all)
      .output();
    assertEquals([stdout, stderr, success], ["", "", true]);
  }
});

test("a source that is read once refuses a second run; others are read again", async () => {
  const generator = function* () {
    yield "a";
  };
  for (const stdin of [streamOf("a\n"), { lines: generator() }]) {
    const command = cat.with({ stdin });
    assertEquals(await command.run(), "a");
    const error = await assertRejects(() => command.run(), ProcrefError);
    assertEquals(error.code, "closed");
  }
  const again = cat.with({ stdin: { lines: ["a"] } });
  assertEquals([await again.run(), await again.run()], ["a", "a"]);
});

test("a program that does not read its input is no error", async () => {
  const ignoring = Command.shell("exec 0<&-; echo done", { stdin: { text: LARGE } });
  assertEquals(await ignoring.run(), "done");
  const head = new Command("head", { args: ["-c", "2"], stdin: { text: LARGE } });
  assertEquals(await head.run(), "01");
  const stream = new Command("head", { args: ["-c", "2"], stdin: streamOf(LARGE, LARGE) });
  assertEquals(await stream.run(), "01");
});

test("a source that never ends does not keep a run that has ended", async () => {
  let cancelled = false;
  const stdin = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  assertEquals(await new Command("echo", { args: ["hi"], stdin }).run(), "hi");
  assertEquals(cancelled, true);
});

test("a source that fails ends the run with its error", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    pull() {
      throw new Error("no more");
    },
  });
  await assertRejects(() => cat.with({ stdin }).run(), Error, "no more");
});
