import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { ownPrefix } from "../../src/object/named.ts";
import { identify, isAlive, waitForExit } from "../../src/process/mod.ts";
import { allProcesses } from "../../src/process/windows.ts";
import {
  commandService,
  hostReport,
  listServices,
  ProcrefError,
  SharedService,
  stopService,
  SystemError,
  UnsupportedError,
} from "../../src/service/mod.ts";
import { carriersOf } from "../../src/service/windows/carriers.ts";
import { sharedFixture } from "../../src/testing/mod.ts";
import {
  eventually,
  OWN,
  type Program,
  type RuntimeName,
  RUNTIMES,
  start,
  uniqueName,
  windowsTest as test,
} from "../harness/mod.ts";
import { acquirePid, ask, Stage } from "../service/clients.ts";
import { Local, NOTHING } from "../service/local.ts";
import { SLEEPER } from "../service/sleeper.ts";
import { idler } from "./children.ts";
import { script } from "./programs.ts";

const CLIENT = new URL("./service_client.ts", import.meta.url);

function client(stage: Stage, runtime: RuntimeName, ...how: string[]): Program {
  return start(runtime, CLIENT, { args: [stage.name, stage.path, ...how] });
}

async function killed(program: Program): Promise<void> {
  program.signal("SIGKILL");
  await program.ended;
}

for (const runtime of RUNTIMES) {
  test(`the last client is killed: service and grandchildren are gone within moments (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "command");
    const pid = await acquirePid(a);
    const grandchild = Number(textOf(stage, ".log"));
    assert(isAlive(grandchild));
    const begin = performance.now();
    a.signal("SIGKILL");
    for (const one of [pid, grandchild]) await waitForExit(one, { timeout: 2500 });
    const took = performance.now() - begin;
    assert(took < 2500, `requirements: 250 ms; a test allows ten times as much, not ${took}`);
    const { state, count, problem } = await stage.observer().status();
    assertEquals([state, count, problem], ["absent", 0, undefined]);
    assertEquals(await listServices(stage.records), []);
    // What is left is a file; the next client finds nothing behind it, and removes it with its own.
    await using b = client(stage, runtime, "command");
    await acquirePid(b);
    assertEquals((await stage.observer().status()).generation, 1);
    assertMatch(textOf(stage, ".log"), /^\d+\r?\n$/);
    await ask(b, "release");
    assertEquals(readdirSync(stage.records), []);
  });

  test(`a program's starter is killed while another client holds it: it lives on, to the last release (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "command");
    const pid = await acquirePid(a);
    await using b = client(stage, runtime === "deno" ? "bun" : "deno", "command");
    assertEquals(await acquirePid(b), pid);
    await killed(a);
    await eventually(() => stage.observer().count() === 1);
    assert(isAlive(pid));
    await ask(b, "release");
    assert(!isAlive(pid));
  });
}

for (const runtime of OWN) {
  test(`the starter is killed before its program is ready: the kernel ends that at once (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "command", "hangs");
    a.tell("acquire");
    const text = () => textOf(stage, ".log");
    await eventually(() => text().endsWith("\n"), 20_000);
    const pids = [...children(a.pid), Number(text())];
    assert(pids.length >= 2);
    await killed(a);
    for (const pid of pids) await waitForExit(pid, { timeout: 2500 });
  });

  test(`the starter is killed in onFirstAcquire: its own children end with it (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "attached", "hangs");
    a.tell("acquire");
    await eventually(() => stage.living().length === 1);
    await killed(a);
    await eventually(() => stage.living().length === 0);
    await using b = client(stage, runtime, "detached");
    const pid = await acquirePid(b);
    assertEquals(stage.living(), [pid]);
    await ask(b, "release");
    assertEquals(readdirSync(stage.records), []);
  });

  test(`the starter is killed in onFirstAcquire: the next client ends what was detached (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "detached", "hangs");
    a.tell("acquire");
    await eventually(() => stage.living().length === 1);
    await killed(a);
    const { state, count } = await stage.observer().status();
    assertEquals([state, count], ["absent", 0]);
    await using b = client(stage, runtime, "detached");
    const pid = await acquirePid(b);
    assertEquals(stage.living(), [pid]);
    await ask(b, "release");
    assertEquals(stage.living(), []);
  });

  test(`a callback's child that is not detached ends with its starter, and is recovered (${runtime})`, async () => {
    using stage = new Stage();
    await using a = client(stage, runtime, "attached");
    const first = await acquirePid(a);
    await using b = client(stage, runtime, "detached");
    assertEquals(await acquirePid(b), first);
    await killed(a);
    await eventually(() => !isAlive(first));
    await using c = client(stage, runtime, "detached");
    const second = await acquirePid(c);
    assert(second !== first);
    assertEquals((await stage.observer().status()).generation, 2);
    // Who was there before the recovery keeps the new process as well.
    await ask(c, "release");
    await killed(c);
    assert(isAlive(second));
    await killed(b);
    await waitForExit(second, { timeout: 2500 });
  });
}

/** The text of a file beside a record; empty where it is not there. */
function textOf(stage: { readonly records: string }, ending: string): string {
  const files = existsSync(stage.records) ? readdirSync(stage.records) : [];
  const file = files.find((one) => one.endsWith(ending));
  return file === undefined ? "" : readFileSync(`${stage.records}/${file}`, "utf8");
}

/** The living processes that a process has started. */
function children(pid: number): number[] {
  return allProcesses().filter(({ parent }) => parent === pid).map((one) => one.pid);
}

test("what a service launches later goes with it, onLastRelease or not", async () => {
  for (const onLastRelease of [undefined, ({ pid }: { pid: number }) => void process.kill(pid)]) {
    await using local = new Local();
    const told = `${local.path}/grandchild`;
    const service = local.service({
      onFirstAcquire() {
        const { program, args } = script("later", told);
        const child = spawn(program, args, { stdio: "ignore", detached: true });
        child.unref();
        return { pid: child.pid ?? 0 };
      },
      ...(onLastRelease === undefined ? {} : { onLastRelease }),
    });
    const handle = await service.acquire();
    await eventually(() => existsSync(told) && readFileSync(told, "utf8").endsWith("\n"), 20_000);
    const grandchild = Number(readFileSync(told, "utf8"));
    assert(isAlive(grandchild));
    await handle.release();
    assertEquals([isAlive(handle.pid), isAlive(grandchild)], [false, false]);
  }
});

test("the token of a start is in nobody's environment that is launched later", async () => {
  await using local = new Local();
  const service = local.service();
  const handle = await service.acquire();
  const { token } = JSON.parse(textOf(local, ".json"));
  const { pid } = local.launch();
  assertEquals(carriersOf(token).map((one) => one.pid), [handle.pid]);
  assert(isAlive(pid));
  await handle.release();
});

test("a record with the name of a job that is none is in nobody's way", async () => {
  await using local = new Local();
  const first = await local.service().acquire();
  const text = textOf(local, ".json");
  const [file = ""] = readdirSync(local.records);
  await first.release();
  for (const job of ["", "..\\x", "x".repeat(1e5), `${ownPrefix()}-service-x-job-y`]) {
    writeFileSync(`${local.records}/${file}`, JSON.stringify({ ...JSON.parse(text), job }));
    assertEquals((await local.status()).state, "absent");
    const handle = await local.service().acquire();
    assertEquals(local.living(), [handle.pid]);
    await handle.release();
  }
});

test("onRecover replaces the old process, and who came before keeps the new one", async () => {
  await using local = new Local();
  const service = local.service({ onHealthCheck: () => false, onRecover: () => local.launch() });
  await using first = await service.acquire();
  await using second = await service.acquire();
  assertEquals(local.living(), [second.pid]);
  assert(first.pid !== second.pid);
  assertEquals((await service.status()).generation, 2);
});

test("a process that somebody else started can be the service", async () => {
  await using local = new Local();
  await using child = await idler();
  const handle = await local.service({ onFirstAcquire: () => ({ pid: child.pid }) }).acquire();
  await handle.release();
  await child.ended;
  assertEquals(identify(child.pid), undefined);
});

test("a program is ready by its port, an address or a line, and its output is in its log", async () => {
  const server = script("server", "{port}");
  for (
    const ready of [{ port: true }, { http: "http://127.0.0.1:{port}/" }, { line: /^listening/m }]
  ) {
    await using local = new Local();
    const service = commandService(local.name, {
      directory: local.records,
      command: [server.program, ...server.args],
      port: "free",
      ready,
    });
    const handle = await service.acquire();
    assertEquals(await (await fetch(`http://127.0.0.1:${handle.port}`)).text(), "hi");
    await handle.release();
    assert(!isAlive(handle.pid));
    assertEquals(local.remains(), NOTHING);
  }
});

test("a program that ends early or is never ready is told with its last words, and nothing is left", async () => {
  await using local = new Local();
  const command = (line: string) => ["cmd.exe", "/q", "/c", line] as const;
  const place = { directory: local.records };
  const ends = commandService(local.name, {
    ...place,
    command: command("echo no disk & exit 7"),
    ready: { line: "ready" },
  });
  const early = await assertRejects(() => ends.acquire(), ProcrefError);
  assertEquals(early.code, "start_failed");
  assertMatch(early.message, /exited with code 7 .*last words:\nno disk$/s);
  const hangs = commandService(local.name, {
    ...place,
    command: command("echo slow & ping -n 100 127.0.0.1"),
    ready: { line: "ready", timeout: 500 },
  });
  const late = await assertRejects(() => hangs.acquire(), ProcrefError);
  assertEquals(late.code, "not_ready");
  assertMatch(late.message, /last words:\nslow/);
  const missing = commandService(local.name, { ...place, command: ["no-such-program"] });
  assertEquals((await assertRejects(() => missing.acquire(), ProcrefError)).code, "not_found");
  assertEquals(local.remains(), NOTHING);
});

test("without a directory the records are this user's, and each service is listed", async () => {
  const name = uniqueName("default");
  const service = commandService(name, { command: [SLEEPER[0], ...SLEEPER[1]] });
  await using handle = await service.acquire();
  const listed = (await listServices()).find((one) => one.name === name);
  assertEquals([listed?.info?.pid, listed?.count], [handle.pid, 1]);
  assertEquals((await assertRejects(() => stopService(name), ProcrefError)).code, "in_use");
  assertEquals(await stopService(name, { force: true }), true);
  assert(!isAlive(handle.pid));
});

test("a fixture holds its service through a test run", async () => {
  const name = uniqueName("fixture");
  const handle = await sharedFixture(
    commandService(name, { command: [SLEEPER[0], ...SLEEPER[1]] }),
  );
  assert(isAlive(handle.pid));
  await handle.release();
});

test("a directory that others may write into, that cannot be made, or is a device is refused", async () => {
  await using local = new Local();
  const code = async (directory: string) =>
    (await assertRejects(() => local.service({ directory }).acquire(), ProcrefError)).code;
  // Under Wine the first is this host's, with mode 1777.
  const shared = existsSync("Z:\\tmp") ? "Z:\\tmp" : "C:\\ProgramData";
  assertEquals(await code(shared), "unsafe_directory");
  for (const name of ["x".repeat(300), "missing\\records", "a?b"]) {
    const directory = `${local.path}\\${name}`;
    await assertRejects(() => local.service({ directory }).acquire(), SystemError);
  }
  assertEquals(await code("NUL"), "not_a_file");
  assertEquals(local.launched(), []);
});

test("a long path is as good as any, or refused with a SystemError", async () => {
  await using local = new Local();
  const { mkdirSync } = await import("node:fs");
  const parent = `${local.path}\\${"a".repeat(120)}\\${"b".repeat(120)}`;
  mkdirSync(parent, { recursive: true });
  const service = local.service({ directory: `${parent}\\records` });
  const handle = await service.acquire().catch((error) => assert(error instanceof SystemError));
  if (handle) assertEquals((await service.status()).info, handle.info);
  await handle?.release();
});

test("what Windows cannot do is refused before anything is started", async () => {
  await using local = new Local();
  const refused = (options: object) =>
    assertRejects(() => local.service(options).acquire(), UnsupportedError, "windows");
  await refused({ backend: "sysv" });
  await assertRejects(
    async () => await commandService("refused", { command: ["cmd"], uid: 1 }).acquire(),
    UnsupportedError,
    "windows",
  );
  assertEquals([local.launched(), existsSync(local.records)], [[], false]);
});

test("a service that lives in its client's process is left alone", async () => {
  await using local = new Local();
  const service = new SharedService(local.name, {
    directory: local.records,
    onFirstAcquire: () => ({ pid: process.pid }),
  });
  await (await service.acquire()).release();
  assertEquals(local.remains(), NOTHING);
});

test("the host's report says what is there and what is not, and why", () => {
  const { platform, features } = hostReport();
  assertEquals(platform, "windows");
  const missing = features.filter(({ available }) => !available);
  assertEquals(missing.map(({ feature }) => feature), ["daemons and pid files"]);
  for (const { reason } of missing) assertEquals(typeof reason, "string");
});
