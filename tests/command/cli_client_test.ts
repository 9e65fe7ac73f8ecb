import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  CliClient,
  CommandError,
  ProcrefError,
  RecordingRunner,
  ScriptedRunner,
  TimeoutError,
} from "@procref/procref/command";
import { test } from "../harness/mod.ts";

function client() {
  const runner = new ScriptedRunner()
    .on(["git", "version"], { stdout: "git version 2\n" })
    .on(["git", "json"], { stdout: '{"a": 1}\n' })
    .on(["git", "clean"], { code: 0 })
    .on(["git", "dirty"], { code: 1 })
    .on(["git", "hang"], { duration: Infinity })
    .otherwise({ code: 128, stderr: "fatal" });
  return new CliClient("git", { runner, timeout: 50 });
}

test("a client runs its program with the arguments of each call", async () => {
  const git = client();
  assertEquals(await git.text("version"), "git version 2");
  assertEquals((await git.capture("nonsense")).code, 128);
  assertEquals(await git.unit("clean"), undefined);
  assertEquals([await git.code("dirty"), await git.code("nonsense")], [1, 128]);
  assertEquals([await git.probe("clean"), await git.probe("dirty")], [true, false]);
  assertEquals(git.command("a b").commandLine, "git 'a b'");
  for (const verb of ["text", "unit", "probe"] as const) {
    await assertRejects(() => git[verb]("nonsense"), CommandError);
  }
});

test("parse() rejects with the cause, tryParse() is undefined, a failed command fails both", async () => {
  const git = client();
  assertEquals(await git.parse(JSON.parse, "json"), { a: 1 });
  assertEquals(await git.tryParse(JSON.parse, "json"), { a: 1 });
  const error = await assertRejects(() => git.parse(JSON.parse, "version"), ProcrefError, "`git`");
  assertEquals(error.code, "corrupt");
  assertInstanceOf(error.cause, SyntaxError);
  assertEquals(await git.tryParse(JSON.parse, "version"), undefined);
  await assertRejects(() => git.parse(JSON.parse, "nonsense"), CommandError);
  await assertRejects(() => git.tryParse(JSON.parse, "nonsense"), CommandError);
});

test("its defaults hold for every call", async () => {
  await assertRejects(() => client().text("hang"), TimeoutError);
  const runner = new RecordingRunner(new ScriptedRunner().otherwise({}));
  const git = new CliClient("git", { runner, env: { GIT_PAGER: "" }, cwd: "/tmp" });
  await git.unit("log");
  const [call] = runner.calls;
  assertEquals([call?.env, call?.cwd], [{ GIT_PAGER: "" }, "/tmp"]);
  assertThrows(() => new CliClient("git", { timeout: -1 }), RangeError);
});
