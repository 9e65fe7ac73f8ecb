// Whether a launched program is ready, where its log is no file and where a start comes twice. What services make of
// it is in tests/service.

import { assertEquals, assertRejects } from "@std/assert";
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { ProcrefError, SharedChild } from "@procref/procref/child";
import type { Readiness } from "../../src/ready/types.ts";
import { untilReady } from "../../src/ready/program.ts";
import { temporaryDirectory, test } from "../harness/mod.ts";

const NEVER = new AbortController().signal;

/** A program that runs, and what it has to say in `log`. */
class Sleeper implements AsyncDisposable {
  readonly child = SharedChild.spawn("sleep", { args: ["600"], stdin: "null" });
  readonly exit: Promise<string> = this.child.wait().then(() => "was ended");
  readonly #log: string;

  constructor(log: string) {
    this.#log = log;
  }

  async ready(readiness: Readiness): Promise<void> {
    const launched = { info: { pid: this.child.pid }, log: this.#log, from: 0, exit: this.exit };
    await untilReady(["sleep"], readiness, (text) => text, launched, NEVER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
    await this.exit;
  }
}

/** A pipe that has a reader and a writer, so that nobody waits to open it. */
function pipe(path: string): Disposable {
  execFileSync("mkfifo", [path]);
  const descriptor = openSync(path, "r+");
  return { [Symbol.dispose]: () => closeSync(descriptor) };
}

test("a log that is a pipe has no last words, neither at a timeout nor at an early end", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/pipe`;
  using _pipe = pipe(log);
  await using late = new Sleeper(log);
  const check = () => false;
  const error = await assertRejects(() => late.ready({ check, timeout: 30 }), ProcrefError);
  assertEquals([error.code, error.message], ["not_ready", '"sleep" was not ready after 30 ms']);
  const ended = late.ready({ check });
  late.child.kill();
  const early = await assertRejects(() => ended, ProcrefError);
  assertEquals(early.message, '"sleep" was ended before it was ready');
});

test("a program's end is nobody's business once it is ready", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/pipe`;
  using _pipe = pipe(log);
  await using sleeper = new Sleeper(log);
  await sleeper.ready({ check: () => true });
  sleeper.child.kill();
  // An error that nobody awaits fails the test.
  await sleeper.exit;
});

test("a line in what is no file is refused, and waits for nothing", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/pipe`;
  using _pipe = pipe(log);
  for (const place of [log, "/dev/null", directory.path]) {
    await using there = new Sleeper(place);
    const error = await assertRejects(() => there.ready({ line: "x", timeout: 500 }), ProcrefError);
    assertEquals(error.code, "not_a_file");
  }
});

test("a pattern with the flags g and y finds the line of every start", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/log`;
  writeFileSync(log, "now ready\n");
  await using sleeper = new Sleeper(log);
  for (const line of [/ready/g, /ready/y, /ready/]) {
    for (let start = 0; start < 3; start++) await sleeper.ready({ line, timeout: 500 });
  }
});

test("a timeout that is longer than a timer can be is no limit", async () => {
  using directory = temporaryDirectory();
  await using sleeper = new Sleeper(`${directory.path}/none`);
  let asked = 0;
  await sleeper.ready({ check: () => ++asked > 2, timeout: 2 ** 31 });
  assertEquals(asked, 3);
});
