// A script in a process's place: everything above must behave as with a real program.

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  Command,
  CommandError,
  type CommandOptions,
  isNotFound,
  PermissionError,
  ProcrefError,
  RecordingRunner,
  type Reply,
  ScriptedRunner,
  TimeoutError,
} from "@procref/procref/command";
import { isAlive } from "@procref/procref/process";
import { test } from "../harness/mod.ts";

const scripted = (...replies: [Reply, ...Reply[]]) => new ScriptedRunner().otherwise(...replies);
const git = (reply: Reply, options: CommandOptions = {}) =>
  new Command("git", { args: ["status"], ...options, runner: scripted(reply) });

test("a scripted output is what the verbs give", async () => {
  const command = git({ stdout: "clean\n", stderr: "hint\n" });
  const output = await command.output();
  assertEquals([output.stdout, output.stderr, output.code], ["clean\n", "hint\n", 0]);
  assertEquals([output.signal, output.success, output.timedOut], [null, true, false]);
  assertEquals(await command.run(), "clean");
  assertEquals(await git({ code: 1 }).probe(), false);
  assertEquals(await git({ code: 3 }).exitCode(), 3);
  const bytes = new Uint8Array([0, 255, 10]);
  assertEquals((await git({ stdout: bytes }).outputBytes()).stdout, bytes);
});

test("a scripted failure makes run() throw, with the script's stderr", async () => {
  const error = await assertRejects(() => git({ code: 2, stderr: "fatal" }).run(), CommandError);
  assertEquals([error.code, error.exitCode, error.stderr], ["command_failed", 2, "fatal"]);
  assertEquals(await git({ code: 2, stdout: "x" }, { okCodes: [0, 2] }).run(), "x");
  const killed = await git({ signal: "SIGSEGV" }).output();
  assertEquals([killed.code, killed.signal, killed.success], [null, "SIGSEGV", false]);
});

test("rules are tried in order; words are compared as a whole", async () => {
  const runner = new ScriptedRunner()
    .on(["git", "push"], { stdout: "pushed" })
    .on(["git"], { stdout: "git" })
    .when(({ cwd }) => cwd === "/tmp", { stdout: "in /tmp" })
    .when(/--force/, { stdout: "forced" });
  const text = (program: string, args: string[], options: CommandOptions = {}) =>
    new Command(program, { args, runner, ...options }).run();
  assertEquals(await text("git", ["push", "origin"]), "pushed");
  assertEquals(await text("git", ["pushing"]), "git");
  assertEquals(await text("rm", ["x"], { cwd: "/tmp" }), "in /tmp");
  assertEquals(await text("rm", ["--force"]), "forced");
});

test("where no rule matches, the program is not found", async () => {
  const runner = new ScriptedRunner().on(["git", "push"], {});
  const error = await assertRejects(() => new Command("gitk", { runner }).run(), ProcrefError);
  assertEquals(error.code, "not_found");
  assert(isNotFound(error) && error.message.includes("gitk"), error.message);
});

test("several replies come one after the other, and the last one again", async () => {
  const command = new Command("x", { runner: scripted({ code: 1 }, { code: 2 }, { code: 0 }) });
  const codes = [];
  for (let n = 0; n < 4; n++) codes.push(await command.exitCode());
  assertEquals(codes, [1, 2, 0, 0]);
});

test("a function is asked for each reply", async () => {
  const runner = scripted(({ args }) => ({ stdout: args.join("+") }));
  assertEquals(await new Command("add", { args: ["1", "2"], runner }).run(), "1+2");
});

test("an error is what the start throws", async () => {
  const error = new PermissionError("git may not be run");
  assertStrictEquals(await assertRejects(() => git(error).output(), PermissionError), error);
  await assertRejects(() => git(error).start(), PermissionError);
});

test("lines come one by one, with their pauses, while the program runs", async () => {
  const arrivals: [string, number][] = [];
  const start = performance.now();
  const onStdoutLine = (line: string) => void arrivals.push([line, performance.now() - start]);
  const command = git({ lines: ["one", "two", "three"], delay: 40, code: 4 }, { onStdoutLine });
  const output = await command.output();
  assertEquals([output.stdout, output.code], ["one\ntwo\nthree\n", 4]);
  assertEquals(arrivals.map(([line]) => line), ["one", "two", "three"]);
  arrivals.forEach(([, at], index) => assert(at >= 40 * (index + 1) - 2, `${at}`));
});

test("a line is seen before the next one is due", async () => {
  await using process = await git({ lines: ["up", "never"], delay: 1 }).start();
  assertEquals(await process.waitForLine("up"), "up");
  await using hung = await git({
    lines: (function* () {
      yield "ready";
    })(),
    duration: Infinity,
  }).start();
  assertEquals(await hung.waitForLine(/read/), "ready");
  assertEquals(hung.kill(), true);
  assertEquals((await hung.wait()).signal, "SIGKILL");
  assertEquals(hung.kill(), false);
});

test("a timeout ends a scripted run as it ends a real one", async () => {
  const hanging = git({ stdout: "half", duration: Infinity }, { timeout: 30, timeoutGrace: 5000 });
  const output = await hanging.output();
  assertEquals([output.timedOut, output.success, output.code], [true, false, null]);
  assertEquals([output.signal, output.stdout], ["SIGTERM", "half"]);
  await assertRejects(() => hanging.run(), TimeoutError);
});

test("a scripted program may ignore the first signal; SIGKILL it can't ignore", async () => {
  const stubborn = git({ duration: Infinity, ignores: ["SIGTERM", "SIGKILL"] }, {
    timeout: 20,
    timeoutGrace: 20,
  });
  const { signal, timedOut } = await stubborn.output();
  assertEquals([signal, timedOut], ["SIGKILL", true]);
});

test("a timed-out reply needs no waiting", async () => {
  const start = performance.now();
  const command = git({ timedOut: true, stdout: "half" }, { timeout: 60_000 });
  const output = await command.output();
  assertEquals([output.timedOut, output.success, output.stdout], [true, false, "half"]);
  await assertRejects(() => command.run(), TimeoutError);
  assertLessOrEqual(performance.now() - start, 10_000);
});

test("cancellation ends a scripted run, with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const run = git({ duration: Infinity }, { timeout: 60_000 }).output({
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 20);
  assertStrictEquals(await assertRejects(() => run, Error), reason);
});

test("cancelled before the start, no rule is asked", async () => {
  const recorder = new RecordingRunner(scripted({}));
  const command = new Command("git", { runner: recorder });
  const signal = AbortSignal.abort(new Error("too late"));
  await assertRejects(() => command.output({ signal }), Error, "too late");
  assertEquals(recorder.calls, []);
});

test("retries see one reply after the other", async () => {
  const runner = new RecordingRunner(scripted({ code: 1 }, { code: 1 }, { stdout: "third" }));
  const retry = { attempts: 5, backoff: 1 };
  assertEquals(await new Command("git", { runner, retry }).run(), "third");
  assertEquals(runner.calls.length, 3);
});

test("firstLine() stops a program that never would", async () => {
  async function* endless() {
    for (let n = 0;; n++) yield `line ${n}`;
  }
  assertEquals(await git({ lines: endless() }).firstLine("line 3"), "line 3");
});

test("a program that writes more than a pipe holds waits for its reader", async () => {
  let written = 0;
  function* lines() {
    for (; written < 1000; written++) yield "x".repeat(1023);
  }
  await using process = await git({ lines: lines() }).start();
  await new Promise((resolve) => setTimeout(resolve, 30));
  assertLessOrEqual(written, 200);
  const output = await process.output();
  assertEquals([output.stdout.length, written, output.code], [1024 * 1000, 1000, 0]);
});

test("a program whose reader goes away dies of SIGPIPE, and not before it writes", async () => {
  const recorder = new RecordingRunner(scripted({ lines: ["1", "2", "3"], delay: 20, stderr: "" }));
  await new Command("git", { runner: recorder }).output();
  const request = recorder.calls[0]?.request;
  assert(request !== undefined);
  const process = await recorder.start(request);
  await process.stdout?.cancel();
  assertEquals((await process.status).signal, "SIGPIPE");
});

test("a script that throws ends the run with its error", async () => {
  function* lines() {
    yield "one";
    throw new Error("bad script");
  }
  await assertRejects(() => git({ lines: lines() }).output(), Error, "bad script");
});

test("standard input is taken, and what the program did not wait for is no error", async () => {
  const stdin = { text: "x".repeat(1 << 20) };
  assertEquals(await git({ stdout: "done" }, { stdin }).run(), "done");
});

test("a scripted process has a pid that no process has", async () => {
  await using process = await git({ duration: Infinity }).start();
  assertEquals(isAlive(process.pid), false);
});

test("replies that can't be are refused at once", () => {
  for (const duration of [-1, NaN]) {
    assertThrows(() => scripted({ duration }), RangeError);
    assertThrows(() => scripted({ lines: [], delay: duration }), RangeError);
  }
  assertThrows(() => scripted({ code: 1.5 }), RangeError);
  assertThrows(() => scripted(null as never), TypeError);
  assertThrows(() => new ScriptedRunner().on([], {}), TypeError);
  assertThrows(() => new ScriptedRunner().when("git" as never, {}), TypeError);
});

test("a recording runner knows what was asked, and what came of it", async () => {
  const failure = new PermissionError("no");
  const inner = new ScriptedRunner().on(["git"], { code: 1 }).on(["ls"], failure).otherwise({});
  const runner = new RecordingRunner(inner);
  const options = { args: ["push", "a b"], cwd: "/tmp", env: { TOKEN: "t" }, runner };
  await new Command("git", options).output();
  await assertRejects(() => new Command("ls", { runner }).output());
  await using process = await new Command("true", { runner }).start();
  await process.wait();
  const [push, ls, other] = runner.calls;
  assertEquals([push?.program, push?.args, push?.cwd], ["git", ["push", "a b"], "/tmp"]);
  assertEquals([push?.env, push?.commandLine], [{ TOKEN: "t" }, "git push 'a b'"]);
  assertEquals(push?.output?.code, 1);
  assertInstanceOf(ls?.error, PermissionError);
  assertEquals([other?.program, other?.status?.code], ["true", 0]);
});
