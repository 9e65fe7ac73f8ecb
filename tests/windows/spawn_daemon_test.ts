import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  daemonStatus,
  isAlive,
  LockedError,
  type ProcrefError,
  readPidFile,
  spawnDaemon,
  type SpawnDaemonOptions,
  stopDaemon,
  TimeoutError,
  waitForExit,
} from "@procref/procref";
import { freePort } from "../../src/ready/port.ts";
import { eventually, OWN, windowsTest as test } from "../harness/mod.ts";
import { SLEEPER } from "../service/sleeper.ts";
import { end } from "./children.ts";
import { command, DaemonStage } from "./daemon_stage.ts";
import { script } from "./programs.ts";

const SPAWNER = fileURLToPath(new URL("../daemon/spawner.ts", import.meta.url));
const [SLEEP, SLEEP_ARGS] = SLEEPER;

/** A program that sleeps, as a daemon of the test. */
function sleeper(stage: DaemonStage, options: SpawnDaemonOptions = {}) {
  return shell(stage, "", { ...options, args: SLEEP_ARGS }, SLEEP);
}

/** A command line of cmd.exe as a daemon of the test. */
function shell(
  stage: DaemonStage,
  line: string,
  options: SpawnDaemonOptions = {},
  program = "cmd",
) {
  const env = { ...stage.environment, ...options.env };
  return spawnDaemon(program, {
    pidFile: stage.pidFile,
    args: ["/q", "/c", line],
    ...options,
    env,
  });
}

async function failure(promise: Promise<unknown>): Promise<ProcrefError> {
  return await assertRejects(() => promise) as ProcrefError;
}

test("a program becomes a daemon: its directory, its variables, its log; it is stopped at once", async () => {
  await using stage = new DaemonStage();
  const [log, directory] = [stage.file("log"), stage.file("")];
  const { program, args } = script("environment");
  const options = { pidFile: stage.pidFile, log, workingDirectory: directory };
  const env = { ...stage.environment, GREETING: "good day", path: process.env["PATH"] ?? "" };
  const ready = { line: "GREETING" };
  // It ends as soon as it has told.
  await spawnDaemon(program, { ...options, args, env, ready }).catch(() => {});
  const told = stage.read("log").split(/\r?\n/).find((line) => line.startsWith("{")) ?? "{}";
  const variables: Record<string, string> = JSON.parse(told);
  assertEquals(variables["GREETING"], "good day");
  assertEquals(Object.keys(variables).filter((name) => name.toUpperCase() === "PATH").length, 1);
  await eventually(() => stage.living().length === 0);

  const identity = await shell(stage, `cd & ${SLEEP} ${SLEEP_ARGS.join(" ")}`, {
    workingDirectory: directory,
    log,
    ready: { line: /procref-test/i },
  });
  assert(isAlive(identity));
  assertEquals(await daemonStatus(stage.pidFile), {
    running: true,
    stale: false,
    pid: identity.pid,
  });
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
  assertEquals(existsSync(stage.pidFile), false);
});

test("a second one is refused with the first one's pid; kill makes room", async () => {
  await using stage = new DaemonStage();
  const { pid } = await sleeper(stage);
  const refusal = await assertRejects(() => sleeper(stage), LockedError);
  assertEquals(refusal.pid, pid);
  end(pid);
  await waitForExit(pid);
  assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true, pid });
  assert((await sleeper(stage)).pid !== pid);
});

test("twenty at once: one daemon, nineteen refusals", async () => {
  await using stage = new DaemonStage();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => sleeper(stage)));
  const made = results.filter((result) => result.status === "fulfilled");
  const pid = await readPidFile(stage.pidFile);
  assertEquals(made.map(({ value }) => value.pid), [pid]);
  const refusals = results.filter((result) => result.status === "rejected");
  assertEquals(refusals.map(({ reason }) => reason.pid), Array(19).fill(pid));
  assertEquals(stage.living(), [pid]);
});

test("the children of a program that knows nothing of it do not keep its pid file", async () => {
  await using stage = new DaemonStage();
  const { program, args } = script("tree");
  const log = stage.file("log");
  const { pid } = await spawnDaemon(program, {
    args,
    log,
    pidFile: stage.pidFile,
    env: stage.environment,
    ready: { line: /^\d+/ },
  });
  const child = Number(/^\d+/m.exec(stage.read("log"))?.[0]);
  end(pid);
  await waitForExit(pid);
  assert(isAlive(child));
  assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true, pid });
  await sleeper(stage);
});

test("a program that ends before it is ready is told with how, and its last words in the log", async () => {
  await using stage = new DaemonStage();
  const log = stage.file("log");
  const ready = { check: () => false };
  const loud = await failure(shell(stage, "echo no milk& exit 4", { log, ready }));
  assertEquals(loud.code, "start_failed");
  assertMatch(loud.message, /exited with code 4 before it was ready; its last words:\nno milk/);
  assertEquals((await failure(spawnDaemon("procref-nonesuch"))).code, "not_found");
  writeFileSync(stage.file("x.exe"), "no program");
  await failure(spawnDaemon(stage.file("x.exe"), { pidFile: stage.pidFile }));
  writeFileSync(stage.file("x.cmd"), "@echo off");
  assertEquals((await failure(spawnDaemon(stage.file("x.cmd")))).code, "unsupported");
  assertEquals([stage.living(), stage.files()], [[], ["log", "x.cmd", "x.exe"]]);
});

test("a program that is not ready in time is stopped, with what it has started", async () => {
  await using stage = new DaemonStage();
  const { program, args } = script("tree");
  const ready = { check: () => false, timeout: 3000 };
  const options = { args, ready, pidFile: stage.pidFile, env: stage.environment };
  const late = await failure(spawnDaemon(program, options));
  assert(late instanceof TimeoutError);
  assertEquals(late.code, "not_ready");
  assertEquals([stage.living(), stage.files()], [[], []]);
});

test("somebody else's readiness: a port that another process answers is none", async () => {
  await using stage = new DaemonStage();
  const stranger = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => stranger.once("listening", resolve));
  const address = stranger.address();
  const port = typeof address === "object" ? address?.port ?? 0 : 0;
  const error = await failure(sleeper(stage, { port }));
  await new Promise((resolve) => stranger.close(resolve));
  assertMatch(error.message, new RegExp(`Port ${port} is answered by another process`));
  assertEquals([stage.living(), stage.files()], [[], []]);
});

test("a server is ready when its port answers", async () => {
  await using stage = new DaemonStage();
  const port = freePort();
  const { program, args } = script("server", "{port}");
  await spawnDaemon(program, { args, port, pidFile: stage.pidFile, env: stage.environment });
  assertEquals(await (await fetch(`http://127.0.0.1:${port}`)).text(), "hi");
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
});

test("bad options are refused before anything is started", async () => {
  await using stage = new DaemonStage();
  const cases: [SpawnDaemonOptions, string][] = [
    [{ readyTimeout: 0 }, "RangeError"],
    [{ umask: 0 }, "UnsupportedError"],
    [{ port: 0 }, "RangeError"],
    [{ ready: { line: "x" } }, "TypeError"],
    [{ args: ["a\0b"] }, "TypeError"],
    [{ env: { "": "x" } }, "TypeError"],
    [{ pidFile: "" }, "TypeError"],
    [{ workingDirectory: stage.file("missing") }, "ProcrefError"],
    [{ log: stage.file("missing\\log") }, "SystemError"],
  ];
  for (const [options, name] of cases) {
    const error = await failure(spawnDaemon("cmd", options));
    assertEquals(error.name, name, JSON.stringify(options));
  }
  assertEquals(stage.files(), []);
});

for (const runtime of OWN) {
  test(`the daemon outlives the program that has spawned it, whose pipes it doesn't keep (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const order = { program: SLEEP, options: { args: SLEEP_ARGS, pidFile: stage.pidFile } };
    const line = command(runtime, SPAWNER, ["--allow-ffi"]);
    const { pid } = JSON.parse((await stage.run([...line, JSON.stringify(order)])).output);
    assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
    assertEquals(stage.living(), [pid]);
  });
}
