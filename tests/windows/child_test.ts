import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { spawn } from "node:child_process";
import {
  PermissionError,
  ProcrefError,
  SharedChild,
  TimeoutError,
  UnsupportedError,
} from "../../src/child/mod.ts";
import { isAlive, kill, waitForExit } from "../../src/process/mod.ts";
import { temporaryDirectory, windowsTest as test } from "../harness/mod.ts";
import { lines, script, text } from "./programs.ts";

const IDLE = { args: ["/q", "/c", "pause"], stdin: "piped", stdout: "null" } as const;

/** A child of child_script.ts with its streams piped. */
function run(...orders: string[]): SharedChild {
  const { program, args } = script(...orders);
  return SharedChild.spawn(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" });
}

test("a child's output and exit code are told", async () => {
  await using child = SharedChild.spawn("cmd", {
    args: ["/c", "echo hello& exit 3"],
    stdout: "piped",
  });
  assertEquals((await text(child.takeStdout())).trim(), "hello");
  assertEquals(await child.wait(), { success: false, code: 3, signal: null });
  assertEquals(await child.wait(), { success: false, code: 3, signal: null });
});

test("an exit code of 32 bits is told in full", async () => {
  await using child = SharedChild.spawn("cmd", { args: ["/c", "exit -1073741819"] });
  assertEquals((await child.wait()).code, 0xc0000005);
});

test("arguments arrive as they are, whatever is in them", async () => {
  const all = [
    "",
    "a b",
    'say "hi"',
    "\\",
    "a\\",
    "a b\\",
    '\\"',
    "C:\\dir\\ x",
    "%PATH%",
    "&|<>^",
    "\u00e9\u4e16",
    "'",
  ];
  await using child = run("arguments", ...all);
  assertEquals(JSON.parse(await text(child.takeStdout())), all);
  assertEquals((await child.wait()).code, 0);
});

test("the environment is this process's with changes, or what is given alone", async () => {
  const { program, args } = script("environment");
  await using child = SharedChild.spawn(program, {
    args,
    env: { PROCREF_X: "\u00e9=1", path: "changed" },
    stdout: "piped",
  });
  const env: Record<string, string> = JSON.parse(await text(child.takeStdout()));
  const names = Object.keys(env).filter((name) => name.toUpperCase() === "PATH");
  assertEquals([env["PROCREF_X"], names.map((name) => env[name])], ["\u00e9=1", ["changed"]]);
  await using bare = SharedChild.spawn("cmd", {
    args: ["/c", "set"],
    env: { ONLY: "this" },
    clearEnv: true,
    stdout: "piped",
  });
  const told = await text(bare.takeStdout());
  assert(told.includes("ONLY=this") && !told.includes("USERPROFILE="), told);
});

test("the working directory is where it is told to be", async () => {
  using directory = temporaryDirectory();
  const folder = join(directory.path, "a b");
  mkdirSync(folder);
  const { program, args } = script("directory");
  await using child = SharedChild.spawn(program, { args, cwd: folder, stdout: "piped" });
  assertEquals((await text(child.takeStdout())).trim().toLowerCase(), folder.toLowerCase());
});

test("what is written to a child comes back, 1 MiB of it, and closing is end of file", async () => {
  await using child = run("echo");
  const bytes = new Uint8Array(1 << 20).map((_, index) => index % 251);
  const back = new Response(child.takeStdout()).bytes();
  const writer = child.takeStdin()?.getWriter();
  await writer?.write(bytes);
  await writer?.close();
  assertEquals((await back).every((byte, index) => byte === index % 251), true);
  assertEquals([(await back).length, (await child.wait()).code], [bytes.length, 0]);
});

test("standard output and standard error are two", async () => {
  await using child = run("both");
  const [out, err] = await Promise.all([text(child.takeStdout()), text(child.takeStderr())]);
  // Bun under Wine has something to say there as well.
  assertEquals([out.trim(), err.split(/\r?\n/).includes("err")], ["out", true]);
  assertEquals([child.takeStdout(), child.takeStderr()], [undefined, undefined]);
});

test("output that nobody reads makes the child wait, and costs no memory", async () => {
  await using child = run("much", String(1 << 24));
  await assertRejects(() => child.wait({ timeout: 300 }), TimeoutError);
  assertEquals((await text(child.takeStdout())).length, 1 << 24);
});

test("10 waiters and one kill: all get the same status, which names the signal", async () => {
  await using child = SharedChild.spawn("cmd", IDLE);
  const waits = Array.from({ length: 10 }, () => child.wait());
  assertEquals(child.kill(), true);
  const killed = { success: false, code: null, signal: "SIGKILL" } as const;
  assertEquals(await Promise.all(waits), waits.map(() => killed));
  assertEquals([child.tryWait(), child.kill()], [killed, false]);
});

test("sendSignal() is told by name, and every other signal is refused", async () => {
  await using child = SharedChild.spawn("cmd", IDLE);
  assertThrows(() => child.sendSignal("SIGUSR1"), TypeError);
  assertEquals(child.sendSignal("SIGABRT"), true);
  assertEquals((await child.wait()).signal, "SIGABRT");
});

test("tryWait() is undefined while it runs, and the status as soon as the kernel knows", async () => {
  await using child = SharedChild.spawn("cmd", IDLE);
  assertEquals(child.tryWait(), undefined);
  kill(child.pid);
  await waitForExit(child.pid);
  assertEquals(child.tryWait()?.signal, "SIGKILL");
});

test("a timeout of one waiter leaves the others waiting", async () => {
  await using child = SharedChild.spawn("cmd", IDLE);
  const other = child.wait();
  await assertRejects(() => child.wait({ timeout: 5 }), TimeoutError, `child ${child.pid}`);
  child.kill();
  assertEquals((await other).success, false);
});

test("a child is waited for and killed from a Worker as well", async () => {
  await using child = SharedChild.spawn("cmd", IDLE);
  const worker = new Worker(new URL("../child/worker.ts", import.meta.url), { type: "module" });
  const message = () => new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  assertEquals(await message(), "ready");
  worker.postMessage({ action: "wait", handle: child.share() });
  assertEquals(await message(), "waiting");
  const start = performance.now();
  child.kill();
  const status = { success: false, code: null, signal: "SIGKILL" };
  assertEquals(await message(), { status, again: status, killed: false });
  assert(performance.now() - start < 900, "it asks the kernel, and does not wait to be told");
  worker.terminate();
});

test("a child of node:child_process is taken over, with its whole exit code", async () => {
  const own = spawn("cmd.exe", ["/c", "exit 70000"], { stdio: "ignore" });
  const child = SharedChild.from(own);
  assertEquals((await child.wait()).code, 70000);
});

test("leaving the scope kills the child", async () => {
  let pid = 0;
  {
    await using child = SharedChild.spawn("cmd", IDLE);
    pid = child.pid;
  }
  assertEquals(isAlive(pid), false);
});

test("a program that is not there is not_found, with the path that was searched", () => {
  const spawn = () => SharedChild.spawn("no such program", { env: { Path: "C:\\nowhere" } });
  assertEquals(assertThrows(spawn, ProcrefError, "C:\\nowhere").code, "not_found");
});

test("a directory, a missing working directory, a file that is no program and a batch file are told apart", () => {
  using directory = temporaryDirectory();
  const [folder, file, batch] = ["x.exe", "y.exe", "z.cmd"].map((n) => join(directory.path, n));
  mkdirSync(folder ?? "");
  writeFileSync(file ?? "", "no program");
  writeFileSync(batch ?? "", "@echo off");
  assertThrows(() => SharedChild.spawn(folder ?? ""), PermissionError, "directory");
  const lost = () => SharedChild.spawn("cmd", { cwd: join(directory.path, "none") });
  assertEquals(assertThrows(lost, ProcrefError, "none").code, "not_found");
  assertThrows(() => SharedChild.spawn(file ?? ""), ProcrefError, "y.exe");
  assertThrows(() => SharedChild.spawn(batch ?? ""), UnsupportedError, "batch file");
});

test("what Windows has nothing for is refused by name", () => {
  const options = [{ uid: 1 }, { gid: 1 }, { umask: 0 }, { rlimits: { nofile: 9 } }];
  for (const option of options) {
    const start = () => SharedChild.spawn("cmd", { args: ["/c", "exit"], ...option });
    assertThrows(start, UnsupportedError, Object.keys(option)[0]);
  }
});

test("priority, affinity, windowsHide and argv0 are accepted", async () => {
  await using child = SharedChild.spawn(process.execPath, {
    ...script("arguments", "x"),
    priority: 10,
    affinity: [0],
    windowsHide: true,
    argv0: "another name",
    stdout: "piped",
  });
  const [line] = await Array.fromAsync(lines(child.takeStdout()));
  assertEquals([JSON.parse(line ?? ""), (await child.wait()).code], [["x"], 0]);
});
