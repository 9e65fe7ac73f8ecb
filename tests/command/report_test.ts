import { assertEquals } from "@std/assert";
import { Command, type Reply, reportText, ScriptedRunner } from "@procref/procref/command";
import { test } from "../harness/mod.ts";

async function report(reply: Reply, cwd?: string): Promise<string[]> {
  const runner = new ScriptedRunner().otherwise(reply);
  const options = { args: ["push", "a b"], runner, ...(cwd === undefined ? {} : { cwd }) };
  const command = new Command("git", options);
  const output = { ...await command.output(), duration: 12.4 };
  return reportText(command, output).split("\n");
}

test("a report has the command, its place, its output and its end", async () => {
  const lines = await report({ stdout: "one\r\ntwo\n", stderr: "oh\n", code: 2 }, "/tmp");
  assertEquals(lines, [
    "> git push 'a b'",
    "  in /tmp",
    "  one",
    "  two",
    "  stderr: oh",
    "  exited with code 2 after 12 ms",
  ]);
});

test("a report tells of signals, timeouts and what was not kept", async () => {
  assertEquals((await report({ signal: "SIGSEGV" })).at(-1), "  was ended by SIGSEGV after 12 ms");
  assertEquals((await report({ timedOut: true, truncated: true })).slice(1), [
    "  (not all of its output was kept)",
    "  took too long and was ended by SIGTERM after 12 ms",
  ]);
});
