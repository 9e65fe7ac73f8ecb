import { assert, assertEquals, assertThrows } from "@std/assert";
import { ProcrefError, SharedChild } from "@procref/procref/child";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "../harness/mod.ts";

/** A child of the runtime's own API. */
function native(command: [string, ...string[]]): object {
  const [program, ...args] = command;
  if ("Bun" in globalThis) return bun().spawn(command, { stdout: "pipe" });
  return new Deno.Command(program, { args, stdout: "piped" }).spawn();
}

function bun(): { spawn(command: string[], options: { stdout: "pipe" }): object } {
  return (globalThis as unknown as { Bun: ReturnType<typeof bun> }).Bun;
}

test("from() wraps a running child of the runtime's own API", async () => {
  const child = SharedChild.from(native(["sleep", "60"]));
  const stdout = child.takeStdout();
  assertEquals(child.tryWait(), undefined);
  assert(child.kill());
  assertEquals((await child.wait()).signal, "SIGKILL");
  assertEquals(await new Response(stdout).text(), "");
});

test("from() wraps a running child of node:child_process", async () => {
  const inner = spawn("sh", ["-c", "cat; exit 3"], { stdio: ["pipe", "pipe", "inherit"] });
  const child = SharedChild.from(inner);
  assertEquals(child.pid, inner.pid);
  const writer = child.takeStdin()?.getWriter();
  await writer?.write(new TextEncoder().encode("hello"));
  await writer?.close();
  assertEquals(await new Response(child.takeStdout()).text(), "hello");
  assertEquals((await child.wait()).code, 3);
});

test("from() an ended child has its status, and signals nobody", async () => {
  const inner = spawn("true", { stdio: "ignore" });
  await once(inner, "exit");
  const child = SharedChild.from(inner);
  assertEquals(child.kill(), false);
  assertEquals((await child.wait()).code, 0);

  const other = native(["true"]);
  const first = SharedChild.from(other);
  await first.wait();
  const second = SharedChild.from(other);
  assertEquals(second.kill(), false);
  assertEquals((await second.wait()).code, 0);
  await new Response(first.takeStdout()).text();
});

test("from() refuses what is no child, and a child that never started", async () => {
  assertThrows(() => SharedChild.from({ pid: 1 }), TypeError);
  // @ts-expect-error a number is no child
  assertThrows(() => SharedChild.from(1), TypeError);
  const failed = spawn("/nowhere/at all", { stdio: "ignore" });
  const failure = once(failed, "error");
  const error = assertThrows(() => SharedChild.from(failed), ProcrefError);
  assertEquals(error.code, "start_failed");
  await failure;
});
