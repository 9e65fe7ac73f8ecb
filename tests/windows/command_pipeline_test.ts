import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Command, CommandError, isNotFound, ProcrefError } from "@procref/procref/command";
import { isAlive } from "@procref/procref/process";
import { idle } from "../command/programs.ts";
import { windowsTest as test } from "../harness/mod.ts";
import { cmd, take } from "./commands.ts";

const sort = new Command("sort");

test("a stage reads what the one before writes", async () => {
  const two = take(["out b\na\n"]).pipe(sort);
  assertEquals(await two.run(), "a\nb");
  const three = two.pipe(new Command("find", { args: ["/v", "x"] }));
  assertEquals(three.commandLine.endsWith("| sort | find /v x"), true);
  assertEquals(await cmd("echo b& echo a").pipe(sort).pipe(take(["echo"])).run(), "<a>\n<b>");
});

test("a pipeline may be run again, and be the beginning of several others", async () => {
  const base = cmd("echo b& echo a").pipe(sort);
  assertEquals([await base.run(), await base.run()], ["a\r\nb", "a\r\nb"]);
  assertEquals(await base.pipe(take(["size"])).run(), "6");
  assertEquals(await base.run(), "a\r\nb");
});

test("the first stage has a standard input; one that is read once refuses a second run", async () => {
  const size = take(["size"]);
  assertEquals(await take(["cat"], { stdin: { text: "hello" } }).pipe(size).run(), "5");
  assertEquals(await take(["cat"], { stdin: "piped" }).pipe(size).run(), "0");
  const once = take(["cat"], { stdin: new Blob(["abc"]).stream() }).pipe(size);
  assertEquals(await once.run(), "3");
  assertEquals((await assertRejects(() => once.run(), ProcrefError)).code, "closed");
});

test("much data flows through, byte by byte the same", async () => {
  const pipeline = take(["zeros 5000000"]).pipe(take(["cat"])).pipe(take(["size"]));
  assertEquals(await pipeline.run(), "5000000");
});

test("the last stage that failed decides, an unchecked one apart", async () => {
  const failing = cmd("echo a& exit 3").pipe(cmd("more& exit 4")).pipe(cmd("more>nul& echo out"));
  const output = await failing.output();
  assertEquals([output.stdout, output.code, output.success], ["out\r\n", 4, false]);
  const error = await assertRejects(() => failing.run(), CommandError);
  assertEquals([error.message, error.exitCode], ["`cmd` exited with code 4", 4]);
  assertEquals(error.commandLine, failing.commandLine);
  const unchecked = cmd("echo a& exit 3", { uncheckedInPipe: true }).pipe(sort);
  assertEquals(await unchecked.run(), "a");
  const ok = cmd("exit 1", { okCodes: [0, 1] }).pipe(sort);
  assertEquals((await ok.output()).success, true);
});

test("a stage that is not read to its end fails by its own code, as there is no SIGPIPE", async () => {
  const output = await take(["endless y"]).pipe(cmd("echo enough")).output();
  assertEquals([output.stdout, output.success, output.signal], ["enough\r\n", false, null]);
  const unchecked = take(["endless y"], { uncheckedInPipe: true });
  assertEquals(await unchecked.pipe(cmd("echo enough")).run(), "enough");
});

test("standard error of all stages is there, in their order", async () => {
  const output = await cmd("echo one>&2").pipe(cmd("echo two>&2")).output();
  assertEquals(output.stderr, "one\r\ntwo\r\n");
});

test("a timeout of any stage ends all of them, with what they have started", async () => {
  const pids: number[] = [];
  const onStdoutLine = (line: string) => void pids.push(Number(line));
  const started = take(["leave", "pid", "hang"], { onStdoutLine });
  const output = await started.pipe(idle()).output({ timeout: 5000 });
  assertEquals([output.timedOut, output.success, pids.length], [true, false, 2]);
  assertEquals(pids.filter((pid) => isAlive(pid)), []);
  const late = idle().pipe(idle({ timeout: 200 }));
  await assertRejects(() => late.run(), CommandError, "ran longer than 200 ms");
});

test("a cancellation of any stage ends all of them, with its reason", async () => {
  const controller = new AbortController();
  const cancelled = idle({ signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await assertRejects(() => idle().pipe(cancelled).output(), Error, "enough");
});

test("if one stage cannot be started, none runs on", async () => {
  const pipeline = idle().pipe(new Command("no-such-program-at-all"));
  assert(isNotFound(await assertRejects(() => pipeline.run())));
});

test("line handlers of every stage work; stages that are no stages are refused", async () => {
  const lines: string[] = [];
  const onStdoutLine = (line: string) => void lines.push(line);
  const pipeline = cmd("echo a", { onStdoutLine }).pipe(new Command("sort", { onStdoutLine }));
  assertEquals([await pipeline.run(), lines], ["a", ["a", "a"]]);
  assertThrows(() => sort.pipe(new Command("sort", { stdin: { text: "x" } })), TypeError);
});
