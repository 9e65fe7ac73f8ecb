import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { SharedChild } from "@procref/procref/child";
import { readFileSync } from "node:fs";
import { test } from "../harness/mod.ts";

test("each stream is taken once", async () => {
  const child = SharedChild.spawn("cat", { stdin: "piped", stdout: "piped", stderr: "piped" });
  const stdin = child.takeStdin();
  const stdout = child.takeStdout();
  const stderr = child.takeStderr();
  assert(stdin && stdout && stderr);
  assertStrictEquals(child.takeStdin(), undefined);
  assertStrictEquals(child.takeStdout(), undefined);
  assertStrictEquals(child.takeStderr(), undefined);
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode("through the cat"));
  await writer.close();
  assertEquals(await new Response(stdout).text(), "through the cat");
  assertEquals(await new Response(stderr).text(), "");
  assertEquals((await child.wait()).code, 0);
});

test("a stream that is not piped cannot be taken", async () => {
  const child = SharedChild.spawn("true", { stdin: "null", stdout: "null" });
  assertStrictEquals(child.takeStdin(), undefined);
  assertStrictEquals(child.takeStdout(), undefined);
  assertStrictEquals(child.takeStderr(), undefined);
  await child.wait();
});

test("output may be taken and read after the end", async () => {
  const child = SharedChild.spawn("sh", { args: ["-c", "echo out; echo err >&2"], ...PIPED });
  await child.wait();
  assertEquals(await new Response(child.takeStdout()).text(), "out\n");
  assertEquals(await new Response(child.takeStderr()).text(), "err\n");
});

const PIPED = { stdout: "piped", stderr: "piped" } as const;

test("output that nobody reads stays in the pipe, not in our memory", async () => {
  const resident = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  await using child = SharedChild.spawn("sh", {
    args: ["-c", "exec head -c 400000000 /dev/zero"],
    stdout: "piped",
  });
  const before = resident();
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertStrictEquals(child.tryWait(), undefined);
  assert(resident() - before < 100_000, `${resident() - before} kB more`);
});

test("disposing of a child closes the streams that nobody took", async () => {
  await using child = SharedChild.spawn("cat", { stdin: "piped", stdout: "piped" });
  assert(child.pid > 0);
});
