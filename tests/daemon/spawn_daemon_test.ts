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
import { eventually, OWN, test } from "../harness/mod.ts";
import { command, Stage } from "./stage.ts";

const SPAWNER = fileURLToPath(new URL("./spawner.ts", import.meta.url));
const SIGINT_SIGQUIT = (1n << 1n) | (1n << 2n);

/** A shell command as a daemon of the test. */
function shell(stage: Stage, line: string, options: SpawnDaemonOptions = {}) {
  const env = { ...stage.environment, ...options.env };
  return spawnDaemon("sh", { pidFile: stage.pidFile, ...options, args: ["-c", line], env });
}

/** What it rejects with. */
async function failure(promise: Promise<unknown>): Promise<ProcrefError> {
  return await assertRejects(() => promise) as ProcrefError;
}

test("a line can't be looked for in a log that is no file: nothing is started", async () => {
  await using stage = new Stage();
  const mark = stage.file("started");
  const options = { log: "/dev/null", ready: { line: "up" } };
  const error: ProcrefError = await assertRejects(() => shell(stage, `>${mark}; echo up`, options));
  assertEquals([error.code, existsSync(mark), existsSync(stage.pidFile)], [
    "not_a_file",
    false,
    false,
  ]);
});

test("a program becomes a daemon: session, terminal, directory, umask, descriptors, environment", async () => {
  await using stage = new Stage();
  const report = stage.file("report");
  const line = `{ cat /proc/self/status /proc/$$/stat; pwd; umask; ls -l /proc/$$/fd; env; } >"$1"
    mv "$1" "$2"; exec sleep 1000`;
  const identity = await spawnDaemon("sh", {
    args: ["-c", line, "daemon", `${report}.new`, report],
    env: { ...stage.environment, GREETING: "good day" },
    pidFile: stage.pidFile,
    workingDirectory: "/usr",
    umask: 0o077,
  });
  assert(isAlive(identity));
  assertEquals(await readPidFile(stage.pidFile), identity.pid);
  const text = await stage.written("report");
  const [, group, session, terminal] = /^\d+ \(sh\) \w \d+ (\d+) (\d+) (-?\d+)/m.exec(text) ?? [];
  assertEquals([session, terminal], [group, "0"]);
  assertEquals([Number(session) === identity.pid, isAlive(Number(session))], [false, false]);
  assertMatch(text, /^\/usr\n0?077$/m);
  assertMatch(text, /^GREETING=good day$/m);
  assertMatch(text, /^HOME=/m);
  const descriptors = [...text.matchAll(/ (\d+) -> (.*)$/gm)].map((
    [, number, place],
  ) => [number, place]);
  const inherited = descriptors.filter(([, place]) =>
    place !== "/dev/null" && !place?.startsWith(report)
  );
  assertEquals(inherited, [["6", stage.pidFile]]);
  const ignored = /^SigIgn:\s*(\w+)/m.exec(text)?.[1] ?? "0";
  assertEquals(BigInt(`0x${ignored}`) & SIGINT_SIGQUIT, 0n);
  // Its own `mv` may be there for a moment.
  await eventually(() => String(stage.living()) === String(identity.pid));
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
  assertEquals(existsSync(stage.pidFile), false);
});

test("a second one is refused with the first one's pid; kill -9 makes room", async () => {
  await using stage = new Stage();
  const { pid } = await shell(stage, "exec sleep 1000");
  const refusal = await assertRejects(() => shell(stage, "exec sleep 1000"), LockedError);
  assertEquals(refusal.pid, pid);
  process.kill(pid, "SIGKILL");
  await waitForExit(pid);
  assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true, pid });
  assert((await shell(stage, "exec sleep 1000")).pid !== pid);
});

test("twenty at once: one daemon, nineteen refusals", async () => {
  await using stage = new Stage();
  const starts = Array.from({ length: 20 }, () => shell(stage, "exec sleep 1000"));
  const results = await Promise.allSettled(starts);
  const made = results.filter((result) => result.status === "fulfilled");
  const pid = await readPidFile(stage.pidFile);
  assertEquals(made.map(({ value }) => value.pid), [pid]);
  const refusals = results.filter((result) => result.status === "rejected");
  assertEquals(refusals.map(({ reason }) => reason.pid), Array(19).fill(pid));
  assertEquals(stage.living(), [pid]);
});

test("it resolves when the program is ready: by a line in its log, by a check", async () => {
  await using stage = new Stage();
  const log = stage.file("log");
  writeFileSync(log, "come in, said an earlier one\n");
  const go = stage.file("go");
  let over = false;
  const line = `while ! [ -e ${go} ]; do sleep 0.01; done; echo come in >&2; exec sleep 1000`;
  const start = shell(stage, line, { log, ready: { line: /come in$/ } }).finally(() => over = true);
  await eventually(() => existsSync(stage.pidFile) && stage.read("daemon.pid") !== "");
  assertEquals(over, false);
  writeFileSync(go, "");
  const { pid } = await start;
  assertEquals(stage.read("log"), "come in, said an earlier one\ncome in\n");
  assertEquals(await stopDaemon(stage.pidFile), "terminated");

  const seen: number[] = [];
  const check = (info: { pid: number }) => seen.push(info.pid) > 2;
  const second = await shell(stage, "exec sleep 1000", { ready: { check } });
  assertEquals(seen, [second.pid, second.pid, second.pid]);
  assert(second.pid !== pid);
});

test("a program that ends before it is ready is told with how, and its last words in the log", async () => {
  await using stage = new Stage();
  const log = stage.file("log");
  const ready = { check: () => false };
  const loud = await failure(shell(stage, "echo no milk; exit 4", { log, ready }));
  assertEquals(loud.code, "start_failed");
  assertMatch(loud.message, /exited with code 4 before it was ready; its last words:\nno milk/);
  const shot = await failure(shell(stage, "kill -9 $$", { ready }));
  assertMatch(shot.message, /was ended by SIGKILL before it was ready$/);
  // Without a condition, it has to run at least.
  const broken = stage.file("broken");
  writeFileSync(broken, "#!/nowhere/sh\n", { mode: 0o755 });
  assertEquals((await failure(spawnDaemon(broken))).code, "not_found");
  assertEquals((await failure(spawnDaemon("procref-nonesuch"))).code, "not_found");
  assertEquals((await failure(spawnDaemon(stage.file("log")))).code, "permission_denied");
  assertEquals([stage.living(), stage.files()], [[], ["broken", "log"]]);
});

test("a program that is not ready in time is stopped, with what it has started", async () => {
  await using stage = new Stage();
  const ready = { check: () => false, timeout: 300 };
  const late = await failure(
    shell(stage, "sleep 1000 & trap '' TERM; sleep 1000; sleep 1000", { ready }),
  );
  assert(late instanceof TimeoutError);
  assertEquals(late.code, "not_ready");
  await eventually(() => stage.living().length === 0);
  assertEquals(stage.files(), []);
  const options = { readyTimeout: 100, ready: { check: () => false } };
  assertMatch((await failure(shell(stage, "exec sleep 1000", options))).message, /after 100 ms/);
});

test("pitfall 3, somebody else's readiness: a port that another process answers is none", async () => {
  await using stage = new Stage();
  const stranger = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => stranger.once("listening", resolve));
  const address = stranger.address();
  const port = typeof address === "object" ? address?.port ?? 0 : 0;
  try {
    const error = await failure(shell(stage, "exec sleep 1000", { port }));
    assertEquals(error.code, "start_failed");
    assertMatch(error.message, new RegExp(`Port ${port} is answered by another process`));
    assertEquals([stage.living(), stage.files()], [[], []]);
  } finally {
    await new Promise((resolve) => stranger.close(resolve));
  }
});

test("pitfall 3: a pid file that names another process is no success", async () => {
  await using stage = new Stage();
  const line = `echo ${process.pid} >${stage.pidFile}; touch ${
    stage.file("written")
  }; exec sleep 1000`;
  const ready = { check: () => existsSync(stage.file("written")) };
  const error = await failure(shell(stage, line, { ready }));
  assertMatch(error.message, new RegExp(`its pid file says ${process.pid}`));
  assertEquals(stage.living(), []);
});

test("a server is ready when its port answers; the port is in its arguments and environment", async () => {
  await using stage = new Stage();
  const port = freePort();
  const script = `const { createServer } = require("node:http");
    createServer((_, response) => response.end(process.argv.at(-1) + " " + process.env.PORT + process.env.NEXT))
      .listen(process.env.PORT, "127.0.0.1");`;
  writeFileSync(stage.file("server.cjs"), script);
  const [bun, run] = command("bun");
  await spawnDaemon(bun, {
    args: [run ?? "", stage.file("server.cjs"), "{port}"],
    env: { ...stage.environment, NEXT: "+{port}" },
    port,
    pidFile: stage.pidFile,
  });
  const answer = await (await fetch(`http://127.0.0.1:${port}`)).text();
  assertEquals(answer, `${port} ${port}+${port}`);
  assertEquals(await stopDaemon(stage.pidFile), "terminated");
});

test("bad options are refused before anything is started", async () => {
  await using stage = new Stage();
  const ready = { line: "x" };
  const cases: [SpawnDaemonOptions, string][] = [
    [{ readyTimeout: 0 }, "RangeError"],
    [{ readyTimeout: NaN }, "RangeError"],
    [{ umask: -1 }, "RangeError"],
    [{ port: 0 }, "RangeError"],
    [{ ready }, "TypeError"],
    [{ ready: { port: true } }, "TypeError"],
    [{ args: ["a\0b"] }, "TypeError"],
    [{ env: { "": "x" } }, "TypeError"],
    [{ pidFile: "" }, "TypeError"],
    [{ workingDirectory: stage.file("missing") }, "ProcrefError"],
    [{ log: stage.file("missing/log") }, "SystemError"],
  ];
  for (const [options, name] of cases) {
    const error = await failure(spawnDaemon("true", options));
    assertEquals(error.name, name, JSON.stringify(options));
  }
  assertEquals(stage.files(), []);
});

for (const runtime of OWN) {
  test(`the daemon outlives the program that has spawned it, whose pipes it doesn't keep (${runtime})`, async () => {
    await using stage = new Stage();
    const order = { program: "sleep", options: { args: ["1000"], pidFile: stage.pidFile } };
    const spawner = await stage.run([...command(runtime, SPAWNER), JSON.stringify(order)]);
    const { pid } = JSON.parse(spawner.output);
    assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
  });

  test(`with --allow-ffi alone a program may spawn daemons (${runtime})`, async () => {
    if (runtime === "bun") return;
    await using stage = new Stage();
    const order = {
      program: "/bin/sleep",
      options: { args: ["1000"], pidFile: stage.pidFile, log: stage.file("log") },
    };
    const line = command(runtime, SPAWNER, ["--allow-ffi"]);
    const { pid } = JSON.parse((await stage.run([...line, JSON.stringify(order)])).output);
    assertEquals(stage.living(), [pid]);
  });
}
