import "./warm.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Command, CommandError, isNotFound, ProcrefError } from "@procref/procref/command";
import { hostContainment } from "@procref/procref/group";
import { isAlive } from "@procref/procref/process";
import { OWN_SESSION } from "../group/trees.ts";
import { OWN, start, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

test("a stage reads what the one before writes", async () => {
  const two = sh("printf 'b\\na\\n'").pipe(new Command("sort"));
  assertEquals(await two.run(), "a\nb");
  const three = two.pipe(new Command("tr", { args: ["a", "x"] }));
  assertEquals((await three.output()).stdout, "x\nb\n");
  assertEquals(three.commandLine, "sh -c 'printf '\\''b\\na\\n'\\''' | sort | tr a x");
});

for (const runtime of OWN) {
  test(`the first runs of a ${runtime} process may be a command and a pipeline at once`, async () => {
    await using program = start(runtime, new URL("./first_runs.ts", import.meta.url));
    assertEquals(await program.line(), "a a");
    await program.ended;
  });
}

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

/** Takes its leave 200 ms after the signal, which it has told of each time it came. */
function polite(name: string, signal: string, options = {}) {
  const trap = `trap 'echo ${name} ${signal} >&2; asked=1' ${signal}; echo ${name} on >&2`;
  const wait = 'while [ -z "$asked" ]; do sleep 0.01; done; sleep 0.2';
  return sh(`${trap}; ${wait}; echo ${name} bye >&2; exit 4`, options);
}

const told = (text: string) => text.trim().split("\n").toSorted();

test("at a timeout each stage is asked once, and has its grace", async () => {
  const names = ["a", "b", "c"];
  for (const [signal, options] of [["TERM", {}], ["INT", { timeoutSignal: "SIGINT" }]] as const) {
    const [a, b, c] = names.map((name) =>
      polite(name, signal, { ...options, timeoutGrace: 60_000 })
    );
    assert(a !== undefined && b !== undefined && c !== undefined);
    const output = await a.pipe(b).pipe(c).output({ timeout: 1000 }); // by then the traps are set
    assertEquals([output.timedOut, output.code, output.signal], [true, 4, null]);
    const all = names.flatMap((name) => [`${name} ${signal}`, `${name} bye`, `${name} on`]);
    assertEquals(told(output.stderr), all.toSorted());
  }
});

test("a stage without a grace does not take that of another one", async () => {
  const quick = sh("exec sleep 600");
  const slow = polite("b", "TERM", { timeoutGrace: 60_000 });
  for (const pipeline of [quick.pipe(slow), slow.pipe(quick)]) {
    const output = await pipeline.output({ timeout: 1000 });
    assertEquals(output.timedOut, true);
    assertEquals(told(output.stderr), ["b TERM", "b bye", "b on"]);
  }
});

test("a stage that takes the others along leaves them their grace; one that fails does not", async () => {
  const slow = polite("b", "TERM", { timeoutGrace: 60_000 });
  const late = await sh("exec sleep 600", { timeout: 1000 }).pipe(slow).output();
  assertEquals([late.timedOut, told(late.stderr)], [true, ["b TERM", "b bye", "b on"]]);
  const onStdoutLine = () => Promise.reject(new Error("not this line"));
  const bad = sh("sleep 1; echo line; exec sleep 600", { onStdoutLine, timeoutGrace: 60_000 });
  const lines: string[] = [];
  const heard = slow.with({ onStderrLine: (line) => void lines.push(line) });
  await assertRejects(() => bad.pipe(heard).output(), Error, "not this line");
  assertEquals(lines, ["b on"]);
});

test("a stage that does not listen is killed after the grace, with all it has started", async () => {
  const pids: number[] = [];
  const line = `${OWN_SESSION}sleep 600 & echo $! >&2; while :; do sleep 0.01; done`;
  const deaf = sh(`trap '' TERM; ${line}`, {
    timeoutGrace: 100,
    onStderrLine: (line: string) => void pids.push(Number(line)),
  });
  const output = await deaf.pipe(deaf).output({ timeout: 1000 });
  assertEquals([output.timedOut, output.signal], [true, "SIGKILL"]);
  assertEquals([pids.length, pids.filter(isAlive)], [2, []]);
});

test("all stages are in one group, another than that of the pipeline beside it", async () => {
  const stage = sh("cat /proc/self/cgroup >&2");
  const pipeline = stage.pipe(stage).pipe(stage);
  const both = await Promise.all([pipeline.output(), pipeline.output()]);
  const groups = both.map(({ stderr }) => new Set(stderr.match(/^0::.*$/gm)));
  assertEquals(groups.map(({ size }) => size), [1, 1]);
  if (hostContainment().mechanism !== "cgroup_v2") return;
  assertEquals(new Set(groups.flatMap((group) => [...group])).size, 2);
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
