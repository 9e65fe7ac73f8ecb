import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  Command,
  CommandError,
  isNotFound,
  isPermissionDenied,
  isTransient,
} from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { SystemError } from "@procref/procref/process";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { cmd, own, take } from "./commands.ts";
import { keepAlone } from "./handles.ts";
import { taking } from "./programs.ts";

test("line handlers see every line of their stream, in order, and are waited for", async () => {
  const seen: string[] = [];
  const output = await cmd("(for /l %i in (1,1,50) do @echo %i)& echo e1>&2& <nul set /p=last", {
    onStdoutLine: async (line: string) => {
      if (line.endsWith("0")) await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(line);
    },
    onStderrLine: (line: string) => void seen.push(`! ${line}`),
  }).output();
  const out = seen.filter((line) => !line.startsWith("!"));
  assertEquals(out, [...Array.from({ length: 50 }, (_, index) => `${index + 1}`), "last"]);
  assert(seen.includes("! e1"));
  assertEquals(output.stderr, "e1\r\n");
});

test("a line handler that throws ends the run with its error", async () => {
  const onStdoutLine = () => Promise.reject(new Error("not this line"));
  const command = cmd("for /l %i in (1,0,2) do @echo y", { onStdoutLine });
  await assertRejects(() => command.output(), Error, "not this line");
  await using process = await command.start();
  await assertRejects(() => process.wait(), Error, "not this line");
});

test("a tee gets all bytes, and stays open; one gets both streams", async () => {
  const copies: number[] = [];
  const tee = new WritableStream<Uint8Array>({ write: (bytes) => void copies.push(bytes.length) });
  const sum = () => copies.reduce((sum, length) => sum + length, 0);
  const { stdout } = await take(["zeros 200000"], { teeStdout: tee }).outputBytes();
  assertEquals([stdout.length, sum()], [200_000, 200_000]);
  await cmd("echo out& echo err>&2", { teeStdout: tee, teeStderr: tee }).output();
  assertEquals([sum(), tee.locked], [200_010, false]);
});

test("output goes to a file, or to its end", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "output");
  const { stdout, stderr } = await cmd("echo one& echo two>&2", { stdout: { file } }).output();
  assertEquals([stdout, stderr], ["", "two\r\n"]);
  await cmd("echo three>&2", { stderr: { file, append: true } }).output();
  assertEquals(readFileSync(file, "utf8"), "one\r\nthree\r\n");
  await cmd("echo four", { stdout: { file: pathToFileURL(file) } }).output();
  assertEquals(readFileSync(file, "utf8"), "four\r\n");
  await cmd("echo five", { stdout: { file, append: true } }).output();
  assertEquals(readFileSync(file, "utf8"), "four\r\nfive\r\n");
});

test("a file that somebody keeps for himself is told before anything is started", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "kept");
  const started = join(directory.path, "started");
  using _keeper = keepAlone(file);
  for (const options of [{ stdout: { file } }, { stdin: { file } }]) {
    const error = await assertRejects(() => cmd(`echo x>"${started}"`, options).run(), SystemError);
    assertEquals([isTransient(error), isNotFound(error)], [true, false], error.message);
  }
  assertEquals(existsSync(started), false);
});

test("what Windows answers is of the kinds that errno has", () => {
  const denied = new SystemError("CreateFileW", 0x80070005);
  const missing = new SystemError("NtOpenFile", 0xc0000034);
  assertEquals([isPermissionDenied(denied), isNotFound(missing)], [true, true]);
  assertEquals([isTransient(denied), isPermissionDenied(missing)], [false, false]);
});

test("output that is discarded is not captured", async () => {
  const { stdout, stderr } = await cmd("echo a& echo b>&2", { stdout: "null", stderr: "null" })
    .output();
  assertEquals([stdout, stderr], ["", ""]);
});

test("streams that are inherited are this process's own, and not captured", async () => {
  const { program, args } = taking("inherit");
  const { stdout, stderr, code } = await new Command(program, {
    args,
    stdin: { text: "typed\r\n" },
  })
    .output();
  assertEquals([stdout, own(stderr), code], ['out typed\r\n["","",0]', "err\r\n", 0]);
});

test("both streams are one where they are joined, in the order of their writing", async () => {
  const line = "(for /l %i in (1,1,20) do @(echo out %i& echo err %i>&2))& exit 3";
  const lines = Array.from({ length: 20 }, (_, i) => `out ${i + 1}\r\nerr ${i + 1}\r\n`).join("");
  const command = cmd(line, { stderr: "stdout" });
  const { stdout, stderr, code } = await command.output();
  assertEquals([stdout, stderr, code], [lines, "", 3]);
  const error = await assertRejects(() => command.run(), CommandError);
  assertEquals([error.stdout, error.stderr], [lines, ""]);
  await using started = await command.start();
  assertEquals(await started.waitForLine("err 7"), "err 7");
  using directory = temporaryDirectory();
  const file = join(directory.path, "both");
  await command.with({ stdout: { file } }).output();
  assertEquals(readFileSync(file, "utf8"), lines);
  assertEquals((await command.with({ stdout: "null" }).output()).code, 3);
  await using group = await ProcessGroup.create();
  assertEquals((await command.with({ group }).output()).stdout, lines);
  const missing = new Command("no-such-program-at-all", { stderr: "stdout" });
  assert(isNotFound(await assertRejects(() => missing.run())));
});

test("a bounded buffer keeps the last lines or the first, and says so", async () => {
  const count = (buffer: object) => take(["count 1 2000"], { buffer }).output();
  const last = await count({ maxLines: 3 });
  assertEquals([last.stdout, last.truncated], ["1998\n1999\n2000\n", true]);
  const first = await count({ maxLines: 3, overflow: "drop-newest" });
  assertEquals([first.stdout, first.truncated], ["1\n2\n3\n", true]);
  const bytes = await count({ maxBytes: 10 });
  assertEquals([bytes.stdout, bytes.truncated], ["1999\n2000\n", true]);
});

test("more than the buffer may hold can be an error, which ends the program", async () => {
  const buffer = { maxLines: 10, overflow: "error" } as const;
  const command = cmd("for /l %i in (1,0,2) do @echo y", { buffer });
  const error = await assertRejects(() => command.output(), CommandError);
  assertEquals(error.code, "overflow");
});

test("memory stays flat under a bounded buffer, also with a line of 100 MB", async () => {
  const command = take(["zeros 100000000", "out end"], { buffer: { maxBytes: 1000 } });
  const { stdout, truncated } = await command.output();
  assertEquals([stdout.length, stdout.endsWith("end"), truncated], [1000, true, true]);
});

test("text is decoded in its encoding, across the borders of pieces", async () => {
  const pieces = ["hex c3", "sleep 50", "hex a4e282", "sleep 50", "hex ac0a"];
  const seen: string[] = [];
  const command = take(pieces, { onStdoutLine: (line: string) => void seen.push(line) });
  assertEquals((await command.with({ fatal: true }).output()).stdout, "ä€\n");
  assertEquals(seen, ["ä€"]);
  const wide = take(["hex 61000a006200", "sleep 50", "hex 0a010a00"], { encoding: "utf-16le" });
  assertEquals(await Array.fromAsync(wide.lines()), ["a", "bĊ"]);
  assertEquals((await take(["hex e480"], { encoding: "windows-1252" }).output()).stdout, "ä€");
});

test("invalid text is replaced, or an error where it must not be", async () => {
  const command = take(["hex 61ff620a"]);
  assertEquals((await command.output()).stdout, "a\ufffdb\n");
  const strict = await assertRejects(() => command.with({ fatal: true }).output(), CommandError);
  assertEquals(strict.code, "encoding");
});

test("CRLF ends a line as LF does, also across the border of pieces; NUL is text", async () => {
  const command = take(["hex 61000d", "sleep 50", "hex 0a620d630d0a0d0a"]);
  assertEquals(await Array.fromAsync(command.lines()), ["a\0", "b\rc", ""]);
});

test("options that exclude each other are refused at once", () => {
  assertThrows(() => cmd("echo", { stderr: "stdout", argv0: "x" }), TypeError);
});
