import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import {
  Command,
  CommandError,
  type CommandOptions,
  isNotFound,
  isPermissionDenied,
  ProcrefError,
  UnsupportedError,
} from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { cmd, take } from "./commands.ts";

test("output() gives what was written and how it ended; a failure is data", async () => {
  const output = await cmd("echo hi& echo no>&2& exit 3").output();
  assertEquals([output.stdout, output.stderr, output.code], ["hi\r\n", "no\r\n", 3]);
  assertEquals([output.signal, output.success, output.timedOut], [null, false, false]);
  assert(!output.truncated && output.duration > 0);
  const { stdout, code, success } = JSON.parse(JSON.stringify(output));
  assertEquals([stdout, code, success], ["hi\r\n", 3, false]);
});

test("outputBytes() gives the bytes as they are, run() text without white space at its end", async () => {
  const { stdout } = await take(["hex ff000d0a"]).outputBytes();
  assertEquals([...stdout], [255, 0, 13, 10]);
  assertEquals(await cmd("echo  a b ").run(), " a b");
});

test("a program that fails says which one, how, and what it wrote", async () => {
  const command = cmd("echo out& echo it is broken>&2& exit 2");
  const error = await assertRejects(() => command.run(), CommandError);
  assertEquals(error.message, "`cmd` exited with code 2");
  assertEquals([error.code, error.exitCode, error.signal], ["command_failed", 2, null]);
  assertEquals([error.stdout, error.stderr], ["out\r\n", "it is broken\r\n"]);
  assertEquals(error.commandLine, "cmd /d /s /c 'echo out& echo it is broken>&2& exit 2'");
});

test("exit codes have 32 bits, and any of them may be success", async () => {
  assertEquals(await cmd("exit -1073741819").exitCode(), 0xc0000005);
  assertEquals(await cmd("exit 70000", { okCodes: [70000] }).run(), "");
  assertEquals([await cmd("exit 0").probe(), await cmd("exit 1").probe()], [true, false]);
  assertEquals((await assertRejects(() => cmd("exit 2").probe(), CommandError)).exitCode, 2);
});

test("a signal of procref's is told by its name, from whichever process it came", async () => {
  const { code, signal, success } = await take(["signal SIGABRT"]).output();
  assertEquals([code, signal, success], [null, "SIGABRT", false]);
  const error = await assertRejects(() => take(["signal SIGKILL"]).exitCode(), CommandError);
  assertEquals([error.message.endsWith("was ended by SIGKILL"), error.signal], [true, "SIGKILL"]);
});

test("lines() gives each line, and a failure after the last; firstLine() ends the program", async () => {
  const seen: string[] = [];
  const error = await assertRejects(async () => {
    for await (const line of take(["out a\nb\r\n\nc", "exit 5"]).lines()) seen.push(line);
  }, CommandError);
  assertEquals([seen, error.exitCode], [["a", "b", "", "c"], 5]);
  for await (const line of cmd("echo a& pause", { stdin: "piped" }).lines()) {
    assertEquals(line, "a");
    break;
  }
  const endless = take(["out a\nbc\nbd\n", "hang"]);
  assertEquals(await endless.firstLine("b"), "bc");
  assertEquals(await cmd("echo a& exit 1").firstLine("b"), undefined);
});

test("arguments arrive as they are, whatever is in them", async () => {
  const all = [
    "",
    "a b",
    'say "hi"',
    "a\\",
    "a b\\",
    '\\"',
    'C:\\dir\\ "x\\\\"',
    "%PATH%",
    "&|<>^!",
    "\u00e9\u4e16\u{1f600}",
    "'",
    "tab\there",
    "line\nline",
    "*",
  ];
  // The first one follows a word of our own.
  assertEquals(JSON.parse(await take(["args x", ...all]).run()), ["x", ...all]);
});

test("NUL in an argument, a variable or the program's name is refused at once", () => {
  assertThrows(() => new Command("cmd", { args: ["a\0b"] }), TypeError);
  assertThrows(() => new Command("cmd", { env: { A: "a\0b" } }), TypeError);
  assertThrows(() => new Command("cm\0d"), TypeError);
});

test("a program starts in its directory, whose name may be a URL", async () => {
  using directory = temporaryDirectory();
  const folder = join(directory.path, "a b");
  mkdirSync(folder);
  for (const cwd of [folder, pathToFileURL(folder), folder.replaceAll("\\", "/")]) {
    assertEquals((await cmd("cd", { cwd }).run()).toLowerCase(), folder.toLowerCase());
  }
  const shell = process.env["ComSpec"] ?? "";
  assertEquals(await new Command(pathToFileURL(shell), { args: ["/c", "echo hi"] }).run(), "hi");
});

test("a program that is not there is not found, and the error says where it was searched", async () => {
  const env = { Path: "C:\\nowhere" };
  const missing = await assertRejects(() => new Command("no such program", { env }).output());
  assert(isNotFound(missing) && !isPermissionDenied(missing));
  assert(String(missing).includes("C:\\nowhere"), String(missing));
  assert(isNotFound(await assertRejects(() => new Command("C:\\none\\x.exe").output())));
  const lost = await assertRejects(() => new Command("cmd", { cwd: "C:\\none" }).run());
  assert(isNotFound(lost) && String(lost).includes("working directory"), String(lost));
});

test("a directory, a file that is no program and a batch file are told apart", async () => {
  using directory = temporaryDirectory();
  const [folder = "", file = "", batch = ""] = ["x.exe", "y.exe", "z.cmd"].map((name) =>
    join(directory.path, name)
  );
  mkdirSync(folder);
  writeFileSync(file, "no program");
  writeFileSync(batch, "@echo off");
  assert(isPermissionDenied(await assertRejects(() => new Command(folder).run())));
  await assertRejects(() => new Command(file).run(), ProcrefError, "y.exe");
  await assertRejects(() => new Command(batch).run(), UnsupportedError, "batch file");
});

test("what Windows has nothing for is refused by name, and nothing is started", async () => {
  using directory = temporaryDirectory();
  const started = join(directory.path, "started");
  const options: CommandOptions[] = [
    { uid: 1 },
    { gid: 1 },
    { umask: 0 },
    { rlimits: { nofile: 9 } },
    { ioPriority: { class: "idle" } },
    { affinity: [64] },
  ];
  for (const option of options) {
    const command = cmd(`echo x>"${started}"`, option);
    for (const verb of ["run", "start"] as const) {
      await assertRejects(() => command[verb](), UnsupportedError);
    }
    const piped = cmd("more").pipe(command);
    await assertRejects(() => piped.run(), UnsupportedError);
  }
  assertThrows(() => cmd("echo", { args: ["x"] }), UnsupportedError, "cmd.exe");
  // A signal that Windows has no name for is no signal, as everywhere.
  assertThrows(() => cmd("echo", { timeoutSignal: "SIGHUP" }), TypeError, "SIGHUP");
  assertEquals(existsSync(started), false);
});

test("what else an option may ask for is done", async () => {
  const options = { windowsHide: true, newSession: true, priority: 10, affinity: [0] };
  assertEquals(await cmd("echo hi", options).run(), "hi");
  assertEquals(JSON.parse(await take(["args x"], { argv0: "another name" }).run()), ["x"]);
});

async function environment(options: CommandOptions): Promise<Record<string, string>> {
  const entries = (await cmd("set", options).run()).split("\r\n");
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
}

/** What is there without anybody's doing: cmd.exe and Wine have variables of their own. */
const UNASKED = /^(COMSPEC|PATHEXT|PROMPT|PATH|PROCESSOR_ARCHITECTURE|SYSTEM(DRIVE|ROOT)|WINE.*)$/i;

function given(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !UNASKED.test(name)));
}

test("variables are added to the environment, or replaced, in whichever case they are written", async () => {
  const all = await environment({ env: { PROCREF_X: "1 = 2", userProfile: "changed" } });
  const profiles = Object.entries(all).filter(([name]) => name.toUpperCase() === "USERPROFILE");
  assertEquals([all["PROCREF_X"], profiles], ["1 = 2", [["userProfile", "changed"]]]);
  const twice = cmd("echo %PROCREF_Y%", { env: { PROCREF_Y: "1" } }).with({
    env: { procref_y: "2" },
  });
  assertEquals(await twice.run(), "2");
});

test("an empty environment, one of names and one without some, in whichever case they are written", async () => {
  process.env["PROCREF_TEST_B"] = "b";
  process.env["PROCREF_TEST_C"] = "c";
  try {
    const only = await environment({ clearEnv: true, env: { A: "1" } });
    assertEquals(given(only), { A: "1" });
    const inheritEnv = ["procref_test_b", "NOT_THERE"];
    const listed = await environment({ inheritEnv, env: { A: "1" } });
    assertEquals(given(listed), { PROCREF_TEST_B: "b", A: "1" });
    const replaced = await environment({ inheritEnv, env: { Procref_Test_B: "mine" } });
    assertEquals(Object.values(given(replaced)), ["mine"]);
    const without = await environment({ unsetEnv: ["Procref_Test_B", "path"] });
    const names = Object.keys(without);
    assertEquals([names.includes("PROCREF_TEST_B"), names.includes("PROCREF_TEST_C")], [
      false,
      true,
    ]);
    assertEquals((await environment({}))["PROCREF_TEST_B"], "b", "what was set meanwhile");
  } finally {
    delete process.env["PROCREF_TEST_B"];
    delete process.env["PROCREF_TEST_C"];
  }
});

test("in a group of the user's a run ends, and what it has started lives on with the group", async () => {
  await using group = await ProcessGroup.create();
  const pid = Number(await take(["leave"], { group }).run());
  assert(group.members().includes(pid));
});
