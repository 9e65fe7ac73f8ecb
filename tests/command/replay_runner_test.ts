import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  Command,
  CommandError,
  type CommandOptions,
  isNotFound,
  ProcrefError,
  RecordingRunner,
  ReplayRunner,
  ScriptedRunner,
  TimeoutError,
} from "@procref/procref/command";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { temporaryDirectory, test } from "../harness/mod.ts";
import "./warm.ts";

const sh = (script: string, options: CommandOptions = {}) =>
  new Command("sh", { ...options, args: ["-c", script] });

/** Runs under a recorder, saves, and runs again from the cassette. */
async function both<T>(body: (options: CommandOptions) => Promise<T>): Promise<[T, T]> {
  using directory = temporaryDirectory();
  const path = `${directory.path}/cassette.json`;
  const recorder = ReplayRunner.record(path);
  const recorded = await body({ runner: recorder });
  await recorder.save();
  return [recorded, await body({ runner: ReplayRunner.replay(path) })];
}

test("a replayed run is the recorded one, byte by byte, without the program", async () => {
  const script =
    "printf '\\357\\273\\277a\\r\\nb\\n\\357\\273\\277'; printf '\\377\\000' >&2; exit 3";
  const [recorded, replayed] = await both((options) => sh(script, options).outputBytes());
  assertEquals(replayed, recorded);
  assertEquals([replayed.code, replayed.stderr], [3, new Uint8Array([255, 0])]);

  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path, new ScriptedRunner().otherwise({ stdout: "1.0\n" }));
  await new Command("no such program", { runner: recorder }).run();
  await recorder.save();
  const runner = ReplayRunner.replay(path);
  assertEquals(await new Command("no such program", { runner }).run(), "1.0");
});

test("runs of one kind come in the order of the recording, the last one again", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const inner = new ScriptedRunner().otherwise({ code: 1 }, { code: 2 }, { code: 0 });
  const recorder = ReplayRunner.record(path, inner);
  const codes = async (runner: ReplayRunner, times: number) => {
    const all = [];
    for (let n = 0; n < times; n++) all.push(await new Command("x", { runner }).exitCode());
    return all;
  };
  assertEquals(await codes(recorder, 3), [1, 2, 0]);
  await recorder.save();
  assertEquals(await codes(ReplayRunner.replay(path), 5), [1, 2, 0, 0, 0]);
});

test("program, arguments, working directory and standard input tell runs apart", async () => {
  const ask = (options: CommandOptions) =>
    Promise.all([
      new Command("cat", { ...options, stdin: { text: "one" } }).run(),
      new Command("cat", { ...options, stdin: { bytes: new TextEncoder().encode("two") } }).run(),
      new Command("cat", { ...options, stdin: { lines: ["three"] } }).run(),
      new Command("cat", { ...options, stdin: new Response("four").body ?? "null" }).run(),
      new Command("pwd", { ...options, cwd: "/" }).run(),
      new Command("pwd", { ...options, cwd: "/tmp" }).run(),
      new Command("echo", { ...options, args: ["a b"] }).run(),
      new Command("echo", { ...options, args: ["a", "b"] }).run(),
    ]);
  const [recorded, replayed] = await both(ask);
  assertEquals(recorded, ["one", "two", "three", "four", "/", "/tmp", "a b", "a b"]);
  assertEquals(replayed, recorded);
});

test("standard input from a file is recognised by what is in it", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/input`;
  writeFileSync(file, "content");
  const [, replayed] = await both((options) =>
    new Command("cat", { ...options, stdin: { file } }).run()
  );
  assertEquals(replayed, "content");
});

test("what is read as a whole is a file: a pipe would keep everybody waiting", async () => {
  using directory = temporaryDirectory();
  const file = `${directory.path}/pipe`;
  execFileSync("mkfifo", [file]);
  const runner = ReplayRunner.record(`${directory.path}/cassette.json`);
  for (const path of [file, directory.path]) {
    const command = new Command("cat", { runner, stdin: { file: path } });
    const error = await assertRejects(() => command.run(), ProcrefError);
    assertEquals(error.code, "not_a_file");
    assertEquals(assertThrows(() => ReplayRunner.replay(path), ProcrefError).code, "not_a_file");
  }
  assertEquals(await new Command("cat", { runner, stdin: { file: "/dev/null" } }).run(), "");
});

test("a run that is not recorded is an error, and nothing is started", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  await new Command("echo", { args: ["x"], cwd: "/", runner: recorder }).run();
  await recorder.save();
  const runner = ReplayRunner.replay(path);
  const target = `${directory.path}/touched`;
  for (const verb of ["output", "start"] as const) {
    const missing = new Command("touch", { args: [target], runner });
    const error = await assertRejects(() => missing[verb](), ProcrefError);
    assertEquals([error.code, isNotFound(error)], ["cassette_miss", false]);
    assertStringIncludes(error.message, path);
  }
  const elsewhere = new Command("echo", { args: ["x"], cwd: "/tmp", runner });
  const error = await assertRejects(() => elsewhere.run(), ProcrefError);
  assertStringIncludes(error.message, "another working directory");
  assertEquals(readdirSync(directory.path), ["c.json"]);
});

test("the cassette is versioned JSON for its owner alone, without values of the environment", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  const env = { SECRET_TOKEN: "hunter2", ANOTHER: "swordfish" };
  const options = { env, stdin: { text: "password" }, runner: recorder };
  assertEquals(await sh('printf "%s" "${SECRET_TOKEN:+set}"', options).run(), "set");
  await recorder.save();
  assertEquals(statSync(path).mode & 0o777, 0o600);
  assertEquals(readdirSync(directory.path), ["c.json"]);
  const text = readFileSync(path, "utf8");
  for (const secret of ["hunter2", "swordfish", "password"]) assert(!text.includes(secret));
  const { version, runs } = JSON.parse(text);
  assertEquals([version, runs.length], [1, 1]);
  assertEquals(runs[0].environment, ["ANOTHER", "SECRET_TOKEN"]);
  assert(runs[0].stdin.startsWith("sha256:"));
});

test("a cassette takes the place of an old one, and of a link, which it does not follow", async () => {
  using directory = temporaryDirectory();
  const [path, target] = [`${directory.path}/c.json`, `${directory.path}/target`];
  writeFileSync(target, "mine", { mode: 0o644 });
  symlinkSync(target, path);
  const recorder = ReplayRunner.record(path, new ScriptedRunner().otherwise({ stdout: "x" }));
  await new Command("a", { runner: recorder }).run();
  await recorder.save();
  await new Command("b", { runner: recorder }).run();
  await recorder.save();
  assertEquals(readFileSync(target, "utf8"), "mine");
  assertEquals(statSync(path).mode & 0o777, 0o600);
  assertEquals(JSON.parse(readFileSync(path, "utf8")).runs.length, 2);
});

test("a cassette that can't be written is an error, and leaves nothing", async () => {
  using directory = temporaryDirectory();
  const recorder = ReplayRunner.record(`${directory.path}/missing/c.json`);
  await assertRejects(() => recorder.save());
  assertEquals(readdirSync(directory.path), []);
});

test("what is no cassette is refused at once", () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const missing = assertThrows(() => ReplayRunner.replay(path), ProcrefError);
  assertEquals(missing.code, "not_found");
  const head = '"format": "procref cassette", "version": 1';
  const run = '"program": "x", "args": [], "cwd": null, "stdin": null, "environment": [],' +
    '"stdout": "", "stderr": "", "duration": 1';
  const bad = [
    "",
    "[]",
    "{}",
    '{"format": "procref cassette", "version": 2, "runs": []}',
    `{${head}}`,
    `{${head}, "runs": [1]}`,
    `{${head}, "runs": [{${run}}]}`,
    `{${head}, "runs": [{${run}, "code": 0, "signal": "SIGTERM"}]}`,
    `{${head}, "runs": [{${run}, "code": "0", "signal": null}]}`,
    `{${head}, "runs": [{${run}, "code": null, "signal": "kill"}]}`,
  ];
  for (const text of bad) {
    writeFileSync(path, text);
    const error = assertThrows(() => ReplayRunner.replay(path), ProcrefError, path);
    assertEquals(error.code, "corrupt", text);
  }
  writeFileSync(path, `{${head}, "runs": [{${run}, "code": 0, "signal": null}]}`);
  ReplayRunner.replay(path);
});

test("a timeout is recorded as one, and replayed without waiting", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  await sh("echo begun; sleep 60", { timeout: 300, runner: recorder }).output();
  await recorder.save();
  const command = sh("echo begun; sleep 60", {
    timeout: 60_000,
    runner: ReplayRunner.replay(path),
  });
  const start = performance.now();
  const output = await command.output();
  assertEquals([output.timedOut, output.success, output.stdout], [true, false, "begun\n"]);
  await assertRejects(() => command.run(), TimeoutError);
  assertLessOrEqual(performance.now() - start, 10_000);
});

test("a program that obeys its timeout with code 0 is no success in the replay either", async () => {
  const [recorded, replayed] = await both((options) =>
    sh("trap 'exit 0' TERM; echo up; while :; do sleep 0.01; done", {
      ...options,
      timeout: 300,
      timeoutGrace: 60_000,
    }).output()
  );
  assertEquals([recorded.code, recorded.timedOut, recorded.success], [0, true, false]);
  assertEquals(replayed, recorded);
});

test("what was cancelled or could not start is not recorded", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  const signal = AbortSignal.timeout(20);
  await assertRejects(() => sh("sleep 60", { runner: recorder }).output({ signal }));
  await assertRejects(() => new Command("no such program", { runner: recorder }).output());
  await recorder.save();
  assertEquals(JSON.parse(readFileSync(path, "utf8")).runs, []);
});

test("started processes are recorded too: lines, and readiness by a line", async () => {
  const [recorded, replayed] = await both(async (options) => {
    await using process = await sh("echo up; sleep 0.2; echo two; exit 5", options).start();
    const first = await process.waitForLine("up");
    return [first, (await process.output()).stdout, (await process.wait()).code];
  });
  assertEquals(recorded[2], 5);
  assertEquals(replayed, recorded);
});

test("a server that was killed lives until it is killed in the replay too", async () => {
  const [, replayed] = await both(async (options) => {
    await using process = await sh("echo ready; exec sleep 60", options).start();
    await process.waitForLine("ready");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const alive = process.sendSignal("SIGTERM");
    return [alive, (await process.wait()).signal];
  });
  assertEquals(replayed, [true, "SIGTERM"]);
});

test("what one verb recorded, another one replays", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  await sh("echo one; echo two", { runner: recorder }).output();
  await using process = await sh("echo three; exit 3", { runner: recorder }).start();
  await process.wait();
  await recorder.save();
  const runner = ReplayRunner.replay(path);
  const lines = [];
  for await (const line of sh("echo one; echo two", { runner }).lines()) lines.push(line);
  assertEquals(lines, ["one", "two"]);
  const { stdout, code } = await sh("echo three; exit 3", { runner }).output();
  assertEquals([stdout, code], ["three\n", 3]);
});

test("save() waits for a run that is not over, as long as it is told to", async () => {
  using directory = temporaryDirectory();
  const path = `${directory.path}/c.json`;
  const recorder = ReplayRunner.record(path);
  const process = await sh("sleep 60", { runner: recorder }).start();
  const error = await assertRejects(() => recorder.save({ timeout: 20 }), TimeoutError);
  assertStringIncludes(error.message, "sleep 60");
  const saved = recorder.save();
  await process[Symbol.asyncDispose]();
  await saved;
  assertEquals(JSON.parse(readFileSync(path, "utf8")).runs[0].signal, "SIGKILL");
});

test("a replayed failure is the same error; handlers see the recorded lines", async () => {
  const [recorded, replayed] = await both(async (options) => {
    const lines: string[] = [];
    const onStderrLine = (line: string) => void lines.push(line);
    const command = sh("echo one >&2; echo two >&2; exit 9", { ...options, onStderrLine });
    const error = await assertRejects(() => command.run(), CommandError);
    return [error.message, error.exitCode, error.stderr, lines];
  });
  assertEquals(replayed, recorded);
  assertEquals(recorded[3], ["one", "two"]);
});

test("a recorder may record what a recording runner runs", async () => {
  using directory = temporaryDirectory();
  const seen = new RecordingRunner(new ScriptedRunner().otherwise({}));
  const recorder = ReplayRunner.record(`${directory.path}/c.json`, seen);
  await new Command("git", { args: ["push"], runner: recorder }).run();
  assertEquals(seen.calls.map(({ commandLine }) => commandLine), ["git push"]);
});
