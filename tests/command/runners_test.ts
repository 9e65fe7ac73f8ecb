// One suite for every runner: whoever answers, all that is above must come to the same.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  Command,
  CommandError,
  type CommandOptions,
  type ProcessRunner,
  ReplayRunner,
  type Reply,
  ScriptedRunner,
  SystemRunner,
  TimeoutError,
} from "@procref/procref/command";
import { readFileSync } from "node:fs";
import { temporaryDirectory, test } from "../harness/mod.ts";
import { own } from "../windows/commands.ts";
import { taking } from "../windows/programs.ts";
import { windows } from "./programs.ts";
import "./warm.ts";

/** A program as a shell script, the same in steps for Windows, and what it would reply. */
interface Program {
  readonly script: string;
  readonly steps: readonly string[];
  readonly reply: Reply;
}

function* endless(line: string) {
  for (;;) yield line;
}

const PROGRAMS = {
  talk: {
    script: "echo one; echo two; echo wrong >&2; exit 3",
    steps: ["out one\ntwo\n", "err wrong\n", "exit 3"],
    reply: { stdout: "one\ntwo\n", stderr: "wrong\n", code: 3 },
  },
  fine: {
    script: "cat >/dev/null; printf 'fine \\n\\n'",
    steps: ["drain", "out fine \n\n"],
    reply: { stdout: "fine \n\n" },
  },
  no: { script: "exit 1", steps: ["exit 1"], reply: { code: 1 } },
  killed: {
    script: "echo last words; kill -9 $$",
    steps: ["out last words\n", "signal SIGKILL"],
    reply: { stdout: "last words\n", signal: "SIGKILL" },
  },
  bytes: {
    script: "printf '\\377\\000a'",
    steps: ["hex ff0061"],
    reply: { stdout: new Uint8Array([255, 0, 97]) },
  },
  latin: {
    script: "printf 'na\\357ve\\r\\n'",
    steps: ["hex 6e61ef76650d0a"],
    reply: { stdout: new Uint8Array([110, 97, 239, 118, 101, 13, 10]) },
  },
  hang: {
    script: "echo up; exec sleep 60",
    steps: ["out up\n", "hang"],
    reply: { stdout: "up\n", duration: Infinity },
  },
  endless: {
    script: "while :; do echo tick; sleep 0.01; done",
    steps: ["tick tick"],
    reply: () => ({ lines: endless("tick"), delay: 10 }),
  },
  many: {
    script: "i=0; while [ $i -lt 500 ]; do echo $i; i=$((i + 1)); done",
    steps: ["count 0 499"],
    reply: { lines: Array.from({ length: 500 }, (_, n) => `${n}`) },
  },
  deaf: { script: "exec <&-; echo done", steps: ["out done\n"], reply: { stdout: "done\n" } },
} as const satisfies Record<string, Program>;

const LONG_ENOUGH = windows ? 3000 : 300; // ms for a program to say something

type Run = (name: keyof typeof PROGRAMS, options?: CommandOptions) => Command;

function words({ script, steps }: Program): { program: string; args: string[] } {
  return windows ? taking(...steps) : { program: "sh", args: ["-c", script] };
}

/** The commands of a runner that knows the programs. */
function commands(runner: ProcessRunner): Run {
  return (name, options = {}) => {
    const { program, args } = words(PROGRAMS[name]);
    return new Command(program, { ...options, args, runner });
  };
}

function scripted(): ProcessRunner {
  const runner = new ScriptedRunner();
  for (const known of Object.values(PROGRAMS)) {
    const { program, args } = words(known);
    runner.on([program, ...args], known.reply);
  }
  return runner;
}

const RUNNERS: readonly [
  name: string,
  body: (test: (run: Run) => Promise<void>) => Promise<void>,
][] = [
  ["system", (test) => test(commands(new SystemRunner()))],
  ["scripted", (test) => test(commands(scripted()))],
  ["replayed", async (test) => {
    using directory = temporaryDirectory();
    const path = `${directory.path}/cassette.json`;
    const recorder = ReplayRunner.record(path);
    await test(commands(recorder));
    await recorder.save();
    await test(commands(ReplayRunner.replay(path)));
  }],
];

/** Declares a test for each runner. */
function promise(
  name: string,
  body: (run: Run) => Promise<void>,
  not: readonly string[] = [],
): void {
  for (const [runner, within] of RUNNERS) {
    if (!not.includes(runner)) test(`${runner}: ${name}`, () => within(body));
  }
}

promise("output() has all there is", async (run) => {
  const { stdout, stderr, code, signal, success, timedOut, truncated } = await run("talk").output();
  assertEquals([stdout, own(stderr)], ["one\ntwo\n", "wrong\n"]);
  assertEquals([code, signal, success, timedOut, truncated], [3, null, false, false, false]);
  const killed = await run("killed").output();
  assertEquals([killed.code, killed.signal, killed.stdout], [null, "SIGKILL", "last words\n"]);
});

promise("the verbs for success, codes and yes or no", async (run) => {
  assertEquals(await run("fine").run(), "fine");
  assertEquals([await run("fine").exitCode(), await run("talk").exitCode()], [0, 3]);
  assertEquals([await run("fine").probe(), await run("no").probe()], [true, false]);
  const error = await assertRejects(() => run("talk").run(), CommandError);
  const { program } = words(PROGRAMS.talk);
  assertEquals([error.message, error.exitCode], [`\`${program}\` exited with code 3`, 3]);
  assertEquals([error.stdout, own(error.stderr)], ["one\ntwo\n", "wrong\n"]);
  await assertRejects(() => run("talk").probe(), CommandError);
  await assertRejects(() => run("killed").exitCode(), CommandError, "SIGKILL");
});

promise("bytes and encodings", async (run) => {
  assertEquals((await run("bytes").outputBytes()).stdout, new Uint8Array([255, 0, 97]));
  assertEquals((await run("latin", { encoding: "latin1" }).output()).stdout, "naïve\r\n");
  const strict = await assertRejects(() => run("bytes", { fatal: true }).output(), CommandError);
  assertEquals(strict.code, "encoding");
});

promise("lines, handlers and tagged events", async (run) => {
  const heard: string[] = [];
  const onStdoutLine = (line: string) => void heard.push(line);
  await run("many", { onStdoutLine }).output();
  assertEquals([heard.length, heard[0], heard.at(-1)], [500, "0", "499"]);
  assertEquals((await Array.fromAsync(run("many").lines())).length, 500);
  assertEquals(await run("many").firstLine("321"), "321");
  await using process = await run("talk").start();
  const events = [];
  for await (const { stream, line } of process.events()) {
    if (own(`${line}\n`) !== "") events.push(`${stream}: ${line}`);
  }
  assertEquals(events.sort(), ["stderr: wrong", "stdout: one", "stdout: two"]);
  assertEquals((await process.wait()).code, 3);
});

promise("a handler's error ends the run, and is what it throws", async (run) => {
  const mistake = new Error("mistake");
  const onStdoutLine = () => {
    throw mistake;
  };
  const command = run("endless", { onStdoutLine });
  assertStrictEquals(await assertRejects(() => command.output(), Error), mistake);
}, ["replayed"]);

promise("a file, a tee and a bounded buffer", async (run) => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/out`;
  await run("talk", { stdout: { file } }).output();
  assertEquals(readFileSync(file, "utf8"), "one\ntwo\n");
  const chunks: Uint8Array[] = [];
  const teeStdout = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });
  await run("talk", { teeStdout }).output();
  assertEquals(await new Blob(chunks as BlobPart[]).text(), "one\ntwo\n");
  const last = await run("many", { buffer: { maxLines: 2 } }).output();
  assertEquals([last.stdout, last.truncated], ["498\n499\n", true]);
  const overflow = { buffer: { maxBytes: 10, overflow: "error" } } as const;
  const error = await assertRejects(() => run("many", overflow).output(), CommandError);
  assertEquals(error.code, "overflow");
});

promise("a timeout is data for output(), an error for run()", async (run) => {
  const command = run("hang", { timeout: LONG_ENOUGH });
  const { timedOut, success, stdout } = await command.output();
  assertEquals([timedOut, success, stdout], [true, false, "up\n"]);
  await assertRejects(() => command.run(), TimeoutError);
  const silent = await run("hang", { inactivityTimeout: LONG_ENOUGH }).output();
  assertEquals([silent.timedOut, silent.stdout], [true, "up\n"]);
});

promise("cancellation wins, with the signal's reason", async (run) => {
  const reason = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  const { signal } = controller;
  const cancelled = run("hang", { timeout: 60_000 }).output({ signal });
  assertStrictEquals(await assertRejects(() => cancelled, Error), reason);
  assertStrictEquals(await assertRejects(() => run("fine").output({ signal }), Error), reason);
}, ["replayed"]);

promise(
  "a started program is waited for, signalled, and asked whether it is ready",
  async (run) => {
    await using process = await run("hang").start();
    assertEquals(await process.waitForLine("up"), "up");
    const waiting = [process.wait(), process.wait()];
    await assertRejects(() => process.wait({ timeout: 20 }), TimeoutError);
    assertEquals(process.sendSignal("SIGTERM"), true);
    assertEquals((await Promise.all(waiting)).map(({ signal }) => signal), ["SIGTERM", "SIGTERM"]);
    assertEquals([process.sendSignal("SIGTERM"), process.kill()], [false, false]);
    await using quick = await run("no").start();
    await assertRejects(() => quick.waitForLine("never"), CommandError, "before it was ready");
  },
);

promise("leaving the scope ends the program", async (run) => {
  let status;
  {
    await using process = await run("hang").start();
    status = process.wait();
  }
  assertEquals((await status).signal, "SIGKILL");
});

promise("standard input that nobody reads is no error", async (run) => {
  const stdin = { text: "x".repeat(1 << 20) };
  assertEquals(await run("deaf", { stdin }).run(), "done");
});

promise("a pipeline fails with its stage", async (run) => {
  const { stdout, code } = await run("many").pipe(run("talk")).pipe(run("fine")).output();
  assertEquals([stdout, code], ["fine \n\n", 3]);
  assertEquals(await run("many").pipe(run("fine")).run(), "fine");
  const unchecked = run("talk", { uncheckedInPipe: true });
  assertEquals(await unchecked.pipe(run("fine")).run(), "fine");
});

promise("a failure is tried again", async (run) => {
  let failures = 0;
  const when = () => ++failures > 0;
  const retry = { attempts: 3, backoff: 1, when };
  await assertRejects(() => run("no", { retry }).run(), CommandError);
  assertEquals(failures, 2);
});
