import { assert, assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  Command,
  type CommandOptions,
  ProcrefError,
  ReplayRunner,
  ScriptedRunner,
  TimeoutError,
} from "@procref/procref/command";
import { idle } from "../command/programs.ts";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { cmd, take } from "./commands.ts";

/** Runs under a recorder, saves, and runs again from the cassette. */
async function both<T>(body: (options: CommandOptions) => Promise<T>): Promise<[T, T]> {
  using directory = temporaryDirectory();
  const path = join(directory.path, "cassette.json");
  const recorder = ReplayRunner.record(pathToFileURL(path));
  const recorded = await body({ runner: recorder });
  await recorder.save();
  assertEquals(readdirSync(directory.path), ["cassette.json"]);
  return [recorded, await body({ runner: ReplayRunner.replay(path) })];
}

test("a replayed run is the recorded one, byte by byte; a 32-bit code as well", async () => {
  const steps = ["hex efbbbf610d0a620aefbbbf", "hex ff00", "exit 3"];
  const [recorded, replayed] = await both((options) => take(steps, options).outputBytes());
  assertEquals([replayed, replayed.code], [recorded, 3]);
  const [, crashed] = await both((options) => cmd("exit -1073741819", options).exitCode());
  assertEquals(crashed, 0xc0000005);
});

test("arguments, working directory and standard input tell runs apart", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "input");
  writeFileSync(file, "from a file");
  const [recorded, replayed] = await both((options) =>
    Promise.all([
      take(["cat"], { ...options, stdin: { text: "one" } }).run(),
      take(["cat"], { ...options, stdin: { file } }).run(),
      new Command("sort", { ...options, stdin: { file: "NUL" } }).run(),
      cmd("cd", { ...options, cwd: "C:\\" }).run(),
      cmd("cd", { ...options, cwd: "C:\\windows" }).run(),
    ])
  );
  assertEquals(recorded, ["one", "from a file", "", "C:\\", "C:\\windows"]);
  assertEquals(replayed, recorded);
});

test("a cassette is its owner's alone, and takes an old one's place", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "c.json");
  writeFileSync(path, "old");
  const runner = ReplayRunner.record(path, new ScriptedRunner().otherwise({ stdout: "x" }));
  await new Command("a", { runner, env: { SECRET: "hunter2" } }).run();
  await runner.save();
  await new Command("b", { runner }).run();
  await runner.save();
  const text = readFileSync(path, "utf8");
  assertEquals([JSON.parse(text).runs.length, text.includes("hunter2")], [2, false]);
  assertEquals(readdirSync(directory.path), ["c.json"]);
  const list = await new Command("icacls", { args: [path] }).run().catch(() => "");
  assert(!list.includes("Everyone"), list);
});

test("a cassette that can't be written is an error, and leaves nothing", async () => {
  using directory = temporaryDirectory();
  const recorder = ReplayRunner.record(join(directory.path, "missing", "c.json"));
  await assertRejects(() => recorder.save());
  const folder = join(directory.path, "folder");
  mkdirSync(folder);
  await assertRejects(() => ReplayRunner.record(folder).save());
  assertEquals(readdirSync(directory.path), ["folder"]);
  const replay = (path: string) => assertThrows(() => ReplayRunner.replay(path), ProcrefError).code;
  assertEquals([replay(folder), replay(join(folder, "x"))], ["not_a_file", "not_found"]);
});

test("a timeout is recorded as one, and replayed without waiting; so is a killed server", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "c.json");
  const recorder = ReplayRunner.record(path);
  await idle({ timeout: 1000, runner: recorder }).output();
  const serve = cmd("echo ready& pause>nul", { stdin: "piped" });
  const kill = async (command: Command) => {
    await using process = await command.start();
    await process.waitForLine("ready");
    return [process.sendSignal("SIGTERM"), (await process.wait()).signal];
  };
  assertEquals(await kill(serve.with({ runner: recorder })), [true, "SIGTERM"]);
  await recorder.save();
  const runner = ReplayRunner.replay(path);
  const command = idle({ timeout: 60_000, runner });
  const start = performance.now();
  assertEquals((await command.output()).timedOut, true);
  await assertRejects(() => command.run(), TimeoutError);
  assertLessOrEqual(performance.now() - start, 10_000);
  assertEquals(await kill(serve.with({ runner })), [true, "SIGTERM"]);
});
