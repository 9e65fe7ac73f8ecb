import { assert, assertEquals, assertRejects } from "@std/assert";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, isNotFound, ProcrefError } from "@procref/procref/command";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { cmd, take } from "./commands.ts";

const cat = take(["cat"]);
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
  const size = take(["size"]);
  for (const command of [size, size.with({ stdin: "null" }), size.with({ stdin: "piped" })]) {
    assertEquals(await command.with({ timeout: 20_000 }).run(), "0");
  }
});

test("standard input comes from a text, bytes, a file, lines or a stream", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "input");
  writeFileSync(file, `${LARGE}from a file`);
  assertEquals(await cat.with({ stdin: { text: "ä text" } }).run(), "ä text");
  const { stdout } = await cat.with({ stdin: { bytes: new Uint8Array([0, 255]) } }).outputBytes();
  assertEquals([...stdout], [0, 255]);
  for (const path of [file, pathToFileURL(file), file.replaceAll("\\", "/")]) {
    assertEquals(await cat.with({ stdin: { file: path } }).run(), `${LARGE}from a file`);
  }
  assertEquals(await cat.with({ stdin: { lines: ["a", "b"] } }).run(), "a\nb");
  assertEquals(await cat.with({ stdin: streamOf("a", LARGE, "z") }).run(), `a${LARGE}z`);
});

test("what is missing or no file is refused, and nothing is started", async () => {
  using directory = temporaryDirectory();
  const started = join(directory.path, "started");
  const missing = join(directory.path, "none", "x");
  for (
    const [file, code] of [
      [missing, "not_found"],
      [directory.path, "not_a_file"],
      ["\\\\.\\pipe\\procref-nobody", "not_a_file"],
      ["CON", "not_a_file"],
    ] as const
  ) {
    for (const options of [{ stdin: { file } }, { stdout: { file } }, { stderr: { file } }]) {
      const command = cmd(`echo x>"${started}"`, options);
      const error = await assertRejects(() => command.run(), ProcrefError);
      assertEquals([file, error.code, existsSync(started)], [file, code, false]);
    }
  }
  assert(isNotFound(await assertRejects(() => cat.with({ stdin: { file: missing } }).run())));
});

test("NUL is a file as well, by any of its names", async () => {
  for (const file of ["NUL", "nul", "\\\\.\\NUL"]) {
    const all = { stdin: { file }, stdout: { file, append: true }, stderr: { file } };
    const { stdout, stderr, success } = await cmd("more& echo a& echo b>&2", all).output();
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
  for (const stdin of [{ text: LARGE }, streamOf(LARGE, LARGE)]) {
    assertEquals(await cmd("echo done", { stdin }).run(), "done");
  }
});

test("a source that never ends does not keep a run that has ended", async () => {
  let cancelled = false;
  const stdin = new ReadableStream<Uint8Array>({
    cancel() {
      cancelled = true;
    },
  });
  assertEquals(await cmd("echo hi", { stdin }).run(), "hi");
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

test("a line of cmd.exe reads its input too", async () => {
  assertEquals(await new Command("sort", { stdin: { lines: ["b", "a"] } }).run(), "a\nb");
});
