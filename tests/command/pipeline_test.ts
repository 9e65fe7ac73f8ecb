import "./warm.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Command, CommandError, isNotFound, ProcrefError } from "@procref/procref/command";
import { isAlive } from "@procref/procref/process";
import { test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

test("a stage reads what the one before writes", async () => {
  const two = sh("printf 'b\\na\\n'").pipe(new Command("sort"));
  assertEquals(await two.run(), "a\nb");
  const three = two.pipe(new Command("tr", { args: ["a", "x"] }));
  assertEquals((await three.output()).stdout, "x\nb\n");
  assertEquals(three.commandLine, "sh -c 'printf '\\''b\\na\\n'\\''' | sort | tr a x");
});

test("a pipeline may be run again, and be the beginning of several others", async () => {
  const base = sh("echo a").pipe(new Command("cat"));
  assertEquals([await base.run(), await base.run()], ["a", "a"]);
  const [one, two] = [base.pipe(sh("tr a b")), base.pipe(sh("tr a c"))];
  assertEquals([await one.run(), await two.run(), await base.run()], ["b", "c", "a"]);
});

test("the first stage has a standard input; one that is read once refuses a second run", async () => {
  const text = new Command("cat", { stdin: { text: "hello" } }).pipe(new Command("rev"));
  assertEquals(await text.run(), "olleh");
  assertEquals(await new Command("cat", { stdin: "piped" }).pipe(new Command("rev")).run(), "");
  const stdin = new Blob(["abc"]).stream();
  const once = new Command("cat", { stdin }).pipe(new Command("rev"));
  assertEquals(await once.run(), "cba");
  const error = await assertRejects(() => once.run(), ProcrefError);
  assertEquals(error.code, "closed");
});

test("much data flows through, byte by byte the same", async () => {
  const pipeline = sh("head -c 20000000 /dev/zero").pipe(new Command("cat")).pipe(
    new Command("wc", { args: ["-c"] }),
  );
  assertEquals(await pipeline.run(), "20000000");
});

test("the last stage that failed decides", async () => {
  const failing = sh("cat; exit 3").pipe(sh("cat; exit 4")).pipe(sh("cat; echo out"));
  const output = await failing.output();
  assertEquals([output.stdout, output.code, output.success], ["out\n", 4, false]);
  const error = await assertRejects(() => failing.run(), CommandError);
  assertEquals([error.message, error.exitCode], ["`sh` exited with code 4", 4]);
  assertEquals(error.commandLine, failing.commandLine);
  assertEquals(error.stdout, "out\n");
});

test("an unchecked stage may fail", async () => {
  const pipeline = sh("echo a; exit 3", { uncheckedInPipe: true }).pipe(new Command("cat"));
  assertEquals(await pipeline.run(), "a");
  const last = sh("echo a").pipe(sh("cat; exit 3", { uncheckedInPipe: true }));
  const output = await last.output();
  assertEquals([output.code, output.success], [3, true]);
});

test("a stage's okCodes count", async () => {
  const pipeline = sh("exit 1", { okCodes: [0, 1] }).pipe(new Command("cat"));
  assertEquals((await pipeline.output()).success, true);
});

test("a stage that is not read to its end is ended", async () => {
  const head = new Command("head", { args: ["-n", "1"] });
  const output = await new Command("yes").pipe(head).output();
  assertEquals(output.stdout, "y\n");
  assertEquals(output.success, false);
  assertEquals(await new Command("yes", { uncheckedInPipe: true }).pipe(head).run(), "y");
});

test("standard error of all stages is there, in their order", async () => {
  const output = await sh("echo one >&2").pipe(sh("echo two >&2")).output();
  assertEquals(output.stderr, "one\ntwo\n");
  const bytes = await sh("echo one >&2").pipe(sh("echo two >&2; printf '\\377'")).outputBytes();
  assertEquals([new TextDecoder().decode(bytes.stderr), [...bytes.stdout]], ["one\ntwo\n", [255]]);
});

test("a timeout of any stage ends all of them", async () => {
  const pids: number[] = [];
  const onStderrLine = (line: string) => void pids.push(Number(line));
  const sleeper = sh("echo $$ >&2; exec sleep 600", { onStderrLine });
  for (
    const pipeline of [
      sleeper.with({ timeout: 200 }).pipe(sleeper).pipe(sleeper),
      sleeper.pipe(sleeper).pipe(sleeper.with({ timeout: 200 })),
    ]
  ) {
    const output = await pipeline.output();
    assertEquals([output.timedOut, output.success], [true, false]);
    await assertRejects(() => pipeline.run(), CommandError, "ran longer than 200 ms");
  }
  assertEquals((await sleeper.pipe(sleeper).output({ timeout: 100 })).timedOut, true);
  assert(pids.length >= 12);
  assertEquals(pids.filter(isAlive), []);
});

test("a cancellation of any stage ends all of them, with its reason", async () => {
  const controller = new AbortController();
  const cancelled = sh("exec sleep 600", { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await assertRejects(() => sh("exec sleep 600").pipe(cancelled).output(), Error, "enough");
});

test("if one stage cannot be started, none runs on", async () => {
  const pipeline = sh("exec sleep 600").pipe(new Command("no-such-program-at-all"));
  assert(isNotFound(await assertRejects(() => pipeline.run())));
});

test("line handlers and tees of every stage work", async () => {
  const lines: string[] = [];
  const onStdoutLine = (line: string) => void lines.push(line);
  const pipeline = sh("echo a", { onStdoutLine }).pipe(sh("tr a b", { onStdoutLine }));
  assertEquals(await pipeline.run(), "b");
  assertEquals(lines, ["a", "b"]);
});

test("stages that are no stages are refused", () => {
  const cat = new Command("cat");
  assertThrows(() => cat.pipe(new Command("cat", { stdin: { text: "x" } })), TypeError);
  assertThrows(() => new Command("cat", { stdout: "null" }).pipe(cat), TypeError);
});
