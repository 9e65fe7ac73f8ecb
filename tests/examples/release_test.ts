// How code that calls git is tested without git: its answers come from a cassette, which examples/release/record.ts
// has recorded.

import { assertEquals, assertRejects } from "@std/assert";
import { RecordingRunner, ReplayRunner, ScriptedRunner } from "@procref/procref/command";
import { release } from "../../examples/release/release.ts";
import { start, test } from "../harness/mod.ts";
import { fileURLToPath } from "node:url";

const CASSETTE = new URL("../../examples/release/git.cassette.json", import.meta.url);

test("a release is tagged and pushed, at the second try; git is not called", async () => {
  const runner = new RecordingRunner(ReplayRunner.replay(CASSETTE));
  const { version, notes } = await release(runner);
  assertEquals([version, notes], ["v0.2.0", ["1 feat: add a bell", "2 fix: count from one"]]);
  const pushes = runner.calls.filter(({ args }) => args[0] === "push");
  assertEquals(pushes.map(({ args }) => args), [
    ["push", "origin", "v0.2.0"],
    ["push", "origin", "v0.2.0"],
  ]);
  assertEquals(pushes.map(({ output }) => output?.success), [false, true]);
});

test("it can be replayed where no program may be started at all", async () => {
  const flags = [`--allow-read=${fileURLToPath(CASSETTE)}`];
  const script = new URL("replayed_release.ts", import.meta.url);
  await using program = start("deno", script, { flags });
  assertEquals([await program.line(), await program.ended], ["v0.2.0", 0]);
});

test("uncommitted changes are no release, nor is a machine without git", async () => {
  const dirty = new ScriptedRunner().on(["git", "status"], { stdout: " M release.ts\n" });
  await assertRejects(() => release(dirty), Error, "Commit these first");
  await assertRejects(() => release(new ScriptedRunner()), Error, "git is not installed");
});
