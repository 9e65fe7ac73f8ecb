import "./warm.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Command, CommandError, isNotFound, ScriptedRunner } from "@procref/procref/command";
import { denoWith, temporaryDirectory, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

test("line handlers see every line of their stream, in order, and are waited for", async () => {
  const seen: string[] = [];
  const output = await sh("seq 1 200; echo e1 >&2; printf last", {
    onStdoutLine: async (line: string) => {
      if (line.endsWith("0")) await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push(line);
    },
    onStderrLine: (line: string) => void seen.push(`! ${line}`),
  }).output();
  const out = seen.filter((line) => !line.startsWith("!"));
  assertEquals(out, [...Array.from({ length: 200 }, (_, index) => `${index + 1}`), "last"]);
  assert(seen.includes("! e1"));
  assertEquals(output.stdout.length, 692 + 4);
});

test("line handlers get whole lines, however little of the output is kept", async () => {
  const lengths: number[] = [];
  const onStdoutLine = (line: string) => void lengths.push(line.length);
  const command = sh("head -c 100000 /dev/zero | tr '\\0' x; echo; echo end", { onStdoutLine });
  assertEquals(await command.exitCode(), 0);
  assertEquals(await command.probe(), true);
  assertEquals(lengths, [100_000, 3, 100_000, 3]);
  lengths.length = 0;
  assertEquals(await command.with({ buffer: { maxBytes: 50 } }).exitCode(), 0);
  assertEquals(lengths, [50, 3]);
});

test("a line handler that throws ends the run with its error", async () => {
  for (
    const onStdoutLine of [
      () => {
        throw new Error("not this line");
      },
      () => Promise.reject(new Error("not this line")),
    ]
  ) {
    const command = sh("yes", { onStdoutLine });
    await assertRejects(() => command.output(), Error, "not this line");
    await assertRejects(() => command.run(), Error, "not this line");
    await using process = await command.start();
    await assertRejects(() => process.wait(), Error, "not this line");
  }
});

test("a line handler that never comes back does not outlive a timeout", async () => {
  const onStdoutLine = () => new Promise<void>(() => {});
  const { timedOut } = await sh("echo a", { onStdoutLine, timeout: 100 }).output();
  assertEquals(timedOut, true);
});

test("a tee gets all bytes, and stays open", async () => {
  const copies: number[] = [];
  const tee = new WritableStream<Uint8Array>({ write: (bytes) => void copies.push(bytes.length) });
  const command = sh("head -c 200000 /dev/zero; head -c 7 /dev/zero >&2", { teeStdout: tee });
  assertEquals((await command.outputBytes()).stdout.length, 200_000);
  assertEquals(copies.reduce((sum, length) => sum + length, 0), 200_000);
  await command.with({ teeStdout: new WritableStream(), teeStderr: tee }).output();
  assertEquals(copies.reduce((sum, length) => sum + length, 0), 200_007);
});

test("output goes to a file, or to its end", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/output`;
  const { stdout, stderr } = await sh("echo one; echo two >&2", { stdout: { file } }).output();
  assertEquals([stdout, stderr], ["", "two\n"]);
  await sh("echo three >&2", { stderr: { file, append: true } }).output();
  assertEquals(readFileSync(file, "utf8"), "one\nthree\n");
  await sh("echo four", { stdout: { file: new URL(`file://${file}`) } }).output();
  assertEquals(readFileSync(file, "utf8"), "four\n");
  const started = `${directory.path}/started`;
  const nowhere = sh(`touch ${started}`, { stdout: { file: "/nowhere/at-all" } });
  assert(isNotFound(await assertRejects(() => nowhere.output())));
  assertEquals(existsSync(started), false);
});

test("a file is closed when what else listens can't be had", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/file`;
  const teeStdout = new WritableStream<Uint8Array>();
  const writer = teeStdout.getWriter();
  const command = sh("exec sleep 600", { stdout: { file }, teeStdout });
  await assertRejects(() => command.output(), TypeError);
  const open = readdirSync("/proc/self/fd").filter((descriptor) => {
    const path = `/proc/self/fd/${descriptor}`;
    return existsSync(path) && readlinkSync(path) === file;
  });
  assertEquals([open, existsSync(file)], [[], true]);
  writer.releaseLock();
  const { timedOut } = await command.with({ timeout: 10 }).output();
  assertEquals(timedOut, true);
});

test("one tee gets both streams, and those of commands that run at the same time", async () => {
  let copied = "";
  const tee = new WritableStream<Uint8Array>({
    write: (bytes) => void (copied += new TextDecoder().decode(bytes)),
  });
  const command = sh("echo out; echo err >&2; sleep 0.1", { teeStdout: tee, teeStderr: tee });
  await Promise.all([command.run(), command.run()]);
  assertEquals(copied.trim().split("\n").toSorted(), ["err", "err", "out", "out"]);
  assertEquals(tee.locked, false);
  await command.run();
  assertEquals([copied.length, tee.locked], [24, false]);
  const failing = command.with({ onStdoutLine: () => Promise.reject(new Error("not this")) });
  await assertRejects(() => failing.run(), Error, "not this");
  assertEquals(tee.locked, false);
});

test("output that is discarded is not captured", async () => {
  const { stdout, stderr } = await sh("echo a; echo b >&2", { stdout: "null", stderr: "null" })
    .output();
  assertEquals([stdout, stderr], ["", ""]);
});

test("streams that are inherited are this process's own, and not captured", async () => {
  const script = fileURLToPath(new URL("inheriting.ts", import.meta.url));
  const [program, ...first] = "Bun" in globalThis
    ? [process.execPath, "run"] as const
    : [...denoWith("run"), "-A", "--quiet", "--no-lock"] as const;
  const own = new Command(program, { args: [...first, script], stdin: { text: "typed" } });
  const { stdout, stderr, code } = await own.output();
  assertEquals([stdout, stderr, code], ['out typed\n["","",0]\n', "err\n", 0]);
});

test("both streams are one where they are joined, in the order of their writing", async () => {
  const line = 'for i in $(seq 100); do echo "out $i"; echo "err $i" >&2; done; exit 3';
  const text = Array.from({ length: 100 }, (_, i) => `out ${i + 1}\nerr ${i + 1}\n`).join("");
  const seen: string[] = [];
  const onStdoutLine = (line: string) => void seen.push(line);
  const command = sh(line, { stderr: "stdout", onStdoutLine });
  const { stdout, stderr, code } = await command.output();
  assertEquals([stdout, stderr, code], [text, "", 3]);
  assertEquals(`${seen.join("\n")}\n`, text);
  const error = await assertRejects(() => command.run(), CommandError);
  assertEquals([error.stdout, error.stderr], [text, ""]);
  await using started = await command.start();
  assertEquals(await started.waitForLine("err 7"), "err 7");
  assertEquals((await command.pipe(sh("cat")).output()).stdout, text);
  using directory = temporaryDirectory();
  const file = `${directory.path}/both`;
  await command.with({ stdout: { file } }).output();
  assertEquals(readFileSync(file, "utf8"), text);
});

test("a command whose streams are joined finds, fails and ends as any other", async () => {
  const joined = { stderr: "stdout" } as const;
  const error = await assertRejects(() => new Command("no-such-program-at-all", joined).run());
  assert(isNotFound(error));
  assertStringIncludes(String(error), "no-such-program-at-all");
  const args = ["a b", "'", "", "$HOME", "-x"];
  const printed = await new Command("printf", { ...joined, args: ["%s|", ...args] }).run();
  assertEquals(printed, "a b|'||$HOME|-x|");
  const output = await sh("echo a >&2; exec sleep 600", { ...joined, timeout: 300 }).output();
  assertEquals([output.stdout, output.timedOut, output.signal], ["a\n", true, "SIGKILL"]);
  assertThrows(() => new Command("true", { ...joined, argv0: "x" }), TypeError);
  const runner = new ScriptedRunner().otherwise({ stdout: "out\n", stderr: "err\n" });
  assertEquals(await new Command("x", { ...joined, runner }).run(), "out\nerr");
});

test("a bounded buffer keeps the last lines, and says so", async () => {
  const seq = (options: object) => new Command("seq", { args: ["1", "100000"], buffer: options });
  const last = await seq({ maxLines: 3 }).output();
  assertEquals([last.stdout, last.truncated], ["99998\n99999\n100000\n", true]);
  const first = await seq({ maxLines: 3, overflow: "drop-newest" }).output();
  assertEquals([first.stdout, first.truncated], ["1\n2\n3\n", true]);
  const bytes = await seq({ maxBytes: 10 }).output();
  assertEquals([bytes.stdout, bytes.truncated], ["99\n100000\n", true]);
  const firstBytes = await seq({ maxBytes: 5, overflow: "drop-newest" }).output();
  assertEquals([firstBytes.stdout, firstBytes.truncated], ["1\n2\n3", true]);
  const both = await seq({ maxBytes: 1000, maxLines: 2 }).output();
  assertEquals(both.stdout, "99999\n100000\n");
  assertEquals((await seq({ maxLines: 0 }).output()).stdout, "");
  assertEquals((await seq({ maxBytes: 0 }).output()).stdout, "");
});

test("what fits is not truncated, a last line without its end counts", async () => {
  for (const overflow of ["drop-oldest", "drop-newest", "error"] as const) {
    const exact = await sh("printf 'a\\nb\\nc'", { buffer: { maxLines: 3, maxBytes: 5, overflow } })
      .output();
    assertEquals([exact.stdout, exact.truncated], ["a\nb\nc", false]);
  }
  const cut = await sh("printf 'a\\nb\\nc'", { buffer: { maxLines: 2 } }).output();
  assertEquals([cut.stdout, cut.truncated], ["b\nc", true]);
});

test("more than the buffer may hold can be an error, which ends the program", async () => {
  for (const buffer of [{ maxLines: 10 }, { maxBytes: 100 }]) {
    const command = sh("yes", { buffer: { ...buffer, overflow: "error" } });
    const error = await assertRejects(() => command.output(), CommandError);
    assertEquals(error.code, "overflow");
  }
});

test("a cut within a character does not make it invalid", async () => {
  const command = sh("i=0; while [ $i -lt 1000 ]; do printf 'ä€'; i=$((i+1)); done", {
    fatal: true,
    buffer: { maxBytes: 9 },
  });
  assertEquals((await command.output()).stdout, "€ä€");
  const first = command.with({ buffer: { maxBytes: 9, overflow: "drop-newest" } });
  assertEquals((await first.output()).stdout, "ä€ä");
});

test("memory stays flat under a bounded buffer, also with a line of 100 MB", async () => {
  const command = sh("head -c 100000000 /dev/zero | tr '\\0' x; echo end", {
    buffer: { maxBytes: 1000 },
  });
  const lines: string[] = [];
  const output = await command.with({ onStdoutLine: (line) => void lines.push(line) }).output();
  assertEquals(output.stdout.length, 1000);
  assertEquals(lines.map(({ length }) => length), [1000]);
  assert(lines[0]?.endsWith("xend"));
  const strict = command.with({ buffer: { maxBytes: 1000, overflow: "error" } });
  const error = await assertRejects(async () => {
    for await (const _line of strict.lines());
  }, CommandError);
  assertEquals(error.code, "overflow");
});

test("text is decoded in its encoding, across the borders of pieces", async () => {
  const pieces =
    "printf '\\303'; sleep 0.02; printf '\\244'; printf '\\342\\202'; sleep 0.02; printf '\\254\\n'";
  const seen: string[] = [];
  const command = sh(pieces, { onStdoutLine: (line: string) => void seen.push(line) });
  assertEquals((await command.with({ fatal: true }).output()).stdout, "ä€\n");
  assertEquals(seen, ["ä€"]);
  const latin = sh("printf '\\344\\200'; printf '\\344' >&2", {
    encoding: "windows-1252",
    stderrEncoding: "iso-8859-5",
  });
  const { stdout, stderr } = await latin.output();
  assertEquals([stdout, stderr], ["ä€", "ф"]);
  const wide = sh("printf 'a\\000\\n\\000b\\000'; sleep 0.02; printf '\\012\\001\\n\\000'", {
    stdoutEncoding: "utf-16le",
  });
  assertEquals((await wide.output()).stdout, "a\nbĊ\n");
  assertEquals((await wide.with({ buffer: { maxLines: 1 } }).output()).stdout, "bĊ\n");
  assertEquals(await Array.fromAsync(wide.lines()), ["a", "bĊ"]);
});

test("an error tells the last words in their encoding, and in whole characters", async () => {
  const errorOf = (command: Command, verb: "run" | "exitCode") =>
    assertRejects<CommandError>(() => command[verb](), CommandError);
  const latin = sh("printf '\\344\\200'; printf '\\344' >&2; kill -9 $$", {
    encoding: "windows-1252",
    stderrEncoding: "iso-8859-5",
  });
  for (const verb of ["run", "exitCode"] as const) {
    const { stdout, stderr } = await errorOf(latin, verb);
    assertEquals([stdout, stderr], ["ä€", "ф"]);
  }
  // Cut at 4096 bytes: in the middle of a character.
  const many = (character: string, rest = "") =>
    `i=0; while [ $i -lt 3000 ]; do printf '${character}'; i=$((i+1)); done; printf '${rest}'; kill -9 $$`;
  const euros = (await errorOf(sh(many("€", "x")), "run")).stdout;
  assertEquals(euros, `${"€".repeat(1365)}x`);
  const pages = sh(many("\\200"), { encoding: "windows-1252" });
  assertEquals((await errorOf(pages, "run")).stdout, "€".repeat(3000));
  for (
    const [encoding, clef, note] of [
      ["utf-16le", "\\064\\330\\036\\335", "\\152\\046"],
      ["utf-16be", "\\330\\064\\335\\036", "\\046\\152"],
    ] as const
  ) {
    const { stdout } = await errorOf(sh(many(clef, note), { encoding }), "run");
    assertEquals(stdout, `${"𝄞".repeat(1023)}♪`);
  }
});

test("invalid text is replaced, or an error where it must not be", async () => {
  const command = sh("printf 'a\\377b\\n'");
  assertEquals((await command.output()).stdout, "a\ufffdb\n");
  const strict = command.with({ fatal: true });
  const error = await assertRejects(() => strict.output(), CommandError);
  assertEquals(error.code, "encoding");
  assertEquals(error.message, "`sh` wrote what is not valid utf-8");
  const line = await assertRejects(() => Array.fromAsync(strict.lines()), CommandError);
  assertEquals(line.code, "encoding");
  const handled = strict.with({ onStdoutLine: () => {} });
  const third = await assertRejects(() => handled.outputBytes(), CommandError);
  assertEquals(third.code, "encoding");
  assertEquals((await strict.outputBytes()).stdout.length, 4);
});

test("NUL bytes are text like any other", async () => {
  assertEquals((await sh("printf 'a\\000b\\n'").output()).stdout, "a\0b\n");
  assertEquals(await Array.fromAsync(sh("printf 'a\\000b\\n'").lines()), ["a\0b"]);
});

test("CRLF ends a line as LF does, also across the border of pieces", async () => {
  const command = sh("printf 'a\\r'; sleep 0.02; printf '\\nb\\rc\\r\\n\\r\\n'");
  assertEquals(await Array.fromAsync(command.lines()), ["a", "b\rc", ""]);
  assertEquals((await command.output()).stdout, "a\r\nb\rc\r\n\r\n");
});
