import "./warm.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { Command, CommandError, isNotFound, isPermissionDenied } from "@procref/procref/command";
import { ProcessGroup } from "@procref/procref/group";
import { temporaryDirectory, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

test("output() gives what was written and how it ended; a failure is data", async () => {
  const output = await sh("echo hi; echo no >&2; exit 3").output();
  assertEquals(output.stdout, "hi\n");
  assertEquals(output.stderr, "no\n");
  assertEquals(output.code, 3);
  assertEquals(output.signal, null);
  assertEquals(output.success, false);
  assertEquals(output.timedOut, false);
  assertEquals(output.truncated, false);
  assert(output.duration > 0);
});

test("output() tells of the signal that ended the program", async () => {
  const { code, signal, success } = await sh("kill -ABRT $$").output();
  assertEquals([code, signal, success], [null, "SIGABRT", false]);
});

test("outputBytes() gives the bytes as they are", async () => {
  const { stdout } = await sh("printf '\\377\\000\\r\\n'").outputBytes();
  assertEquals([...stdout], [255, 0, 13, 10]);
});

test("run() gives standard output without white space at its end", async () => {
  assertEquals(await sh("printf ' a b \\n\\n'").run(), " a b");
});

test("run() of a program that fails says which one, how, and what it wrote", async () => {
  const command = sh("echo out; echo 'it is broken' >&2; exit 2");
  const error = await assertRejects(() => command.run(), CommandError);
  assertEquals(error.message, "`sh` exited with code 2");
  assertEquals([error.code, error.exitCode, error.signal], ["command_failed", 2, null]);
  assertEquals([error.stdout, error.stderr], ["out\n", "it is broken\n"]);
  assertEquals(error.commandLine, command.commandLine);
  const report = JSON.parse(JSON.stringify(error));
  assertEquals(report.name, "CommandError");
  assertEquals(report.code, "command_failed");
  assertEquals(report.stderr, "it is broken\n");
});

test("an error carries the last 4 KiB of each stream, and whole characters", async () => {
  const error = await assertRejects(
    () => sh("i=0; while [ $i -lt 3000 ]; do printf 'ä'; i=$((i+1)); done; exit 1").run(),
    CommandError,
  );
  assertEquals(error.stdout, "ä".repeat(2048));
  const uneven = await assertRejects(
    () => sh("i=0; while [ $i -lt 3000 ]; do printf 'ä'; i=$((i+1)); done; printf x; exit 1").run(),
    CommandError,
  );
  assertEquals(uneven.stdout, `${"ä".repeat(2047)}x`);
});

test("okCodes count as success", async () => {
  const command = sh("echo found nothing; exit 1", { okCodes: [0, 1] });
  assertEquals(await command.run(), "found nothing");
  assertEquals((await command.output()).success, true);
  assertEquals((await sh("exit 0", { okCodes: [1] }).output()).success, false);
});

test("exitCode() gives any code; a signal is an error", async () => {
  assertEquals(await sh("exit 0").exitCode(), 0);
  assertEquals(await sh("exit 7").exitCode(), 7);
  const error = await assertRejects(() => sh("kill -9 $$").exitCode(), CommandError);
  assertEquals(error.message, "`sh` was ended by SIGKILL");
  assertEquals(error.signal, "SIGKILL");
});

test("probe() is true for 0, false for 1, and else an error", async () => {
  assertEquals(await sh("exit 0").probe(), true);
  assertEquals(await sh("exit 1").probe(), false);
  const error = await assertRejects(() => sh("exit 2").probe(), CommandError);
  assertEquals(error.exitCode, 2);
});

test("firstLine() gives the first line that matches, and ends the program then", async () => {
  const endless = sh("echo a; echo bc; echo bd; exec sleep 600");
  assertEquals(await endless.firstLine("b"), "bc");
  assertEquals(await endless.firstLine(/d$/g), "bd");
  assertEquals(await endless.firstLine((line) => line.length === 1), "a");
  assertEquals(await sh("echo a; exit 1").firstLine("b"), undefined);
});

test("lines() gives each line; a failure comes after the last one", async () => {
  const seen: string[] = [];
  const error = await assertRejects(async () => {
    for await (const line of sh("printf 'a\\nb\\r\\n\\nc'; exit 5").lines()) seen.push(line);
  }, CommandError);
  assertEquals(seen, ["a", "b", "", "c"]);
  assertEquals(error.exitCode, 5);
});

test("leaving the loop over lines() ends the program", async () => {
  for await (const line of sh("echo a; exec sleep 600").lines()) {
    assertEquals(line, "a");
    break;
  }
});

test("a missing program is not found, and the error says where it was searched", async () => {
  const error = await assertRejects(() => new Command("no-such-program-at-all").output());
  assert(isNotFound(error) && !isPermissionDenied(error));
  assert(String(error).includes("no-such-program-at-all"));
  assert(isNotFound(await assertRejects(() => new Command("ls", { cwd: "/nowhere" }).run())));
});

test("a file that may not be run is permission denied", async () => {
  const error = await assertRejects(() => new Command("/etc/passwd").output());
  assert(isPermissionDenied(error) && !isNotFound(error));
});

test("a command is immutable; with() makes another, adding to its environment", async () => {
  const args = ["-c", "echo $A$B"];
  const first = new Command("sh", { args, env: { A: "1" } });
  const second = first.with({ env: { B: "2" } });
  assertEquals(await first.run(), "1");
  assertEquals(await second.run(), "12");
  assertThrows(() => Object.assign(first.options, { timeout: 1 }), TypeError);
});

test("a program may be a file URL, and start in a directory", async () => {
  using directory = temporaryDirectory();
  const command = new Command(new URL("file:///bin/pwd"), { cwd: directory.path });
  assertEquals(await command.run(), directory.path);
});

test("commandLine can be pasted into a shell", async () => {
  const args = ["%s|", "plain", "with space", "it's", "", "$HOME", "a\nb", "*", "--x=y", "ä"];
  const command = new Command("printf", { args });
  assertEquals(await sh(command.commandLine).run(), await command.run());
  assertEquals(
    new Command("git", { args: ["commit", "-m", "two words"] }).commandLine,
    "git commit -m 'two words'",
  );
});

test("shell() takes a line and arguments", async () => {
  assertEquals(await sh('echo "$1-$#" | tr a b', { args: ["a a", "c"] }).run(), "b b-2");
});

test("an output and its JSON form say the same", async () => {
  const output = await sh("echo hi").output();
  const { stdout, code, success } = JSON.parse(JSON.stringify(output));
  assertEquals([stdout, code, success], ["hi\n", 0, true]);
  assertEquals((await sh("echo hi").outputBytes()).toJSON().stdout, "hi\n");
});

test("in a group of the user's a run ends, and what it has started lives on with the group", async () => {
  await using group = await ProcessGroup.create();
  const command = sh("sleep 600 >/dev/null 2>&1 & echo $!", { group });
  const pid = Number(await command.run());
  assert(group.members().includes(pid));
});

test("bad options are refused at once", () => {
  const bad = (options: object) => () => new Command("true", options);
  assertThrows(bad({ args: "x" }), TypeError);
  assertThrows(bad({ args: ["a\0b"] }), TypeError);
  assertThrows(bad({ timeout: -1 }), RangeError);
  assertThrows(bad({ timeout: NaN }), RangeError);
  assertThrows(bad({ inactivityTimeout: NaN }), RangeError);
  assertThrows(bad({ timeoutGrace: "1" }), TypeError);
  assertThrows(bad({ timeoutSignal: "SIGNONE" }), TypeError);
  assertThrows(bad({ encoding: "utf-5" }), TypeError);
  assertThrows(bad({ stdin: { nothing: 1 } }), TypeError);
  assertThrows(bad({ stdout: "pipe" }), TypeError);
  assertThrows(bad({ buffer: { maxLines: -1 } }), RangeError);
  assertThrows(bad({ buffer: { overflow: "drop" } }), TypeError);
  assertThrows(bad({ okCodes: [1.5] }), RangeError);
  assertThrows(bad({ retry: { attempts: 0 } }), RangeError);
  assertThrows(bad({ retry: { attempts: 2, factor: 0.5 } }), RangeError);
  assertThrows(bad({ onStdoutLine: "x" }), TypeError);
  assertThrows(bad({ env: { "A=B": "x" } }), TypeError);
  assertThrows(() => new Command("a\0b"), TypeError);
  assertThrows(() => new Command(""), TypeError);
  assertThrows(() => new Command(new URL("http://localhost/")), TypeError);
});

test("a timeout's error is a CommandError as well", async () => {
  const error = await assertRejects(() => sh("exec sleep 600", { timeout: 50 }).run());
  assertInstanceOf(error, CommandError);
});
