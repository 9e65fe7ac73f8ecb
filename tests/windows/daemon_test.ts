import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import {
  daemonize,
  daemonStatus,
  isAlive,
  readPidFile,
  stopDaemon,
  UnsupportedError,
  waitForExit,
} from "@procref/procref";
import { eventually, OWN, RUNTIMES, windowsTest as test } from "../harness/mod.ts";
import { end } from "./children.ts";
import type { Told } from "./daemon_program.ts";
import { command, DaemonStage } from "./daemon_stage.ts";

for (const runtime of OWN) {
  test(`after daemonize() the code runs in a daemon, which is asked to stop and obeys (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const told: Told = {
      options: { pidFile: stage.pidFile },
      before: stage.file("before"),
      steps: [
        ["onStop", stage.file("stopped")],
        ["print", "nobody reads this"],
        ["ready", "listening"],
        ["report", stage.file("report")],
      ],
    };
    const launcher = await stage.launch(runtime, told);
    assertEquals([launcher.code, launcher.output, launcher.errors], [0, "listening\n", ""]);
    const { pid, startTime, directory, variables } = JSON.parse(await stage.written("report"));
    assert(isAlive({ pid, startTime }) && pid !== launcher.pid);
    assertEquals(directory, "C:\\");
    assertEquals(variables.filter((name: string) => name === "PROCREF_DAEMON"), []);
    assertEquals(
      stage.read("before"),
      `${launcher.pid}\n${pid}\n`,
      "what stands before is done twice",
    );
    assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
    assertEquals(stage.living(), [pid], "only the daemon is left");
    assertEquals(await stopDaemon(stage.pidFile), "terminated");
    assertEquals([stage.read("stopped"), stage.files()], ["stopped\n", [
      "before",
      "report",
      "stopped",
    ]]);
  });

  test(`a daemon that does not obey is killed, and one that can't be asked ends at once (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const told = (verb: string): Told => ({
      options: { pidFile: stage.pidFile },
      steps: [[verb, stage.file("stopped")], ["ready"], ["report", stage.file(verb)]],
    });
    await stage.launch(runtime, told("stubborn"));
    await stage.written("stubborn");
    assertEquals(await stopDaemon(stage.pidFile, { timeout: 100 }), "killed");
    await stage.launch(runtime, { ...told("wait"), steps: [["ready"]] });
    assertEquals(await stopDaemon(stage.pidFile), "terminated");
    assertEquals(await stopDaemon(stage.pidFile), "gone");
    assertEquals([stage.files(), stage.living()], [["stubborn"], []]);
  });

  test(`a second daemon is refused with the first one's pid, and changes nothing (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const told: Told = {
      options: { pidFile: stage.pidFile },
      steps: [["ready"], ["child", stage.file("child")]],
    };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    const pid = await readPidFile(stage.pidFile);
    const text = stage.read("daemon.pid");
    for (const one of RUNTIMES) {
      const other = await stage.launch(one, told);
      const { code, pid: holder, message } = JSON.parse(other.errors);
      assertEquals([other.code, code, holder], [9, "locked", pid]);
      assertMatch(message, new RegExp(`pid ${pid} holds the pid file`));
    }
    assertEquals(stage.read("daemon.pid"), text);
    const child = Number(await stage.written("child"));
    assertEquals(new Set(stage.living()), new Set([pid, child]));
    end(pid);
    await waitForExit(pid);
    // Its child lives, and does not keep the lock.
    assert(isAlive(child));
    assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true, pid });
    assertEquals(
      (await stage.launch(runtime, { options: { pidFile: stage.pidFile }, steps: [["ready"]] }))
        .code,
      0,
    );
  });

  test(`a daemon that fails before it is ready is told, with its last words from the log (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const log = stage.file("log");
    const options = { pidFile: stage.pidFile, log };
    const thrown = await stage.launch(runtime, { options, steps: [["throw", "no coffee"]] });
    assertEquals([thrown.code, thrown.output], [9, ""]);
    assertEquals(JSON.parse(thrown.errors).code, "start_failed");
    assertMatch(thrown.errors, /The daemon exited with code 1 before it was ready.*no coffee/);
    const steps: Told["steps"] = [["print", "farewell"], ["exit", "7"]];
    const exited = await stage.launch(runtime, { options, steps });
    assertMatch(exited.errors, /The daemon exited with code 7.*farewell/);
    assertMatch(
      (await stage.launch(runtime, { options: { pidFile: stage.pidFile }, steps })).errors,
      /code 7/,
    );
    // An end with 0 before it is ready is a failure as well.
    assertEquals((await stage.launch(runtime, { options, steps: [["exit", "0"]] })).code, 9);
    const late = await stage.launch(runtime, {
      options: { ...options, readyTimeout: 5000 },
      steps: [["child", stage.file("child")], ["print", "thinking"], ["wait"]],
    });
    assertEquals(JSON.parse(late.errors).code, "not_ready");
    assertMatch(late.errors, /not ready after 5000 ms; its last words.*thinking/);
    // What it has started has ended with it.
    assertEquals([stage.living(), stage.files()], [[], ["child", "log"]]);
  });

  test(`a daemon with a log writes there; one that ends by itself takes its pid file along (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const options = { pidFile: stage.pidFile, log: stage.file("log") };
    writeFileSync(options.log, "an earlier one\n");
    const steps: Told["steps"] = [["print", "early"], ["ready"], ["print", "late"], [
      "sleep",
      "500",
    ], ["exit", "3"]];
    assertEquals((await stage.launch(runtime, { options, steps })).code, 0);
    await eventually(() => stage.living().length === 0);
    const lines = stage.read("log").trim().split(/\r?\n/).filter((line) =>
      !line.startsWith("Internal error:")
    );
    const expected = ["early", "late"].flatMap((one) => [one, `${one} (error)`, `${one} (stream)`]);
    assertEquals(lines.sort(), ["an earlier one", ...expected].sort());
    assertEquals(stage.files(), ["log"]);
  });

  test(`ready() and daemonize() twice are errors, and so is a reload (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const told: Told = { steps: [["ready"], ["codes", stage.file("codes")]] };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    assertEquals(await stage.written("codes"), "already_done already_done unsupported");
  });

  test(`bad options are told, and nothing is started (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const cases: [Told["options"], string][] = [
      [{ pidFile: stage.file("missing\\daemon.pid") }, "directory of the pid file is missing"],
      [{ pidFile: stage.file(".") }, "is a directory"],
      [{ workingDirectory: stage.file("missing") }, "working directory is not there"],
      [{ log: stage.file("missing\\log") }, "no such path"],
      [{ umask: 0o022 }, "The option umask"],
      [{ foreground: true, log: stage.file("log") }, "A log of the process itself"],
    ];
    for (const [options = {}, message] of cases) {
      const before = stage.file("before");
      const { code, output, errors } = await stage.launch(runtime, {
        options,
        before,
        steps: [["ready"]],
      });
      assertEquals([code, output], [9, ""], message);
      assert(errors.includes(message), errors);
    }
    assertEquals(stage.read("before").trim().split("\n").length, cases.length);
    assertEquals(stage.files(), ["before"]);
  });

  test(`the arguments arrive as they are; standard input is refused, a test runner as well (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const words = ["", "a b", 'say "hi"', "a\\", "--", "%PATH%", "\u00e9"];
    const told: Told = { steps: [["ready"], ["report", stage.file("report")]] };
    await stage.run([...command(runtime), JSON.stringify(told), ...words]);
    assertEquals(JSON.parse(await stage.written("report")).words, words);
    const module = new URL("../../src/daemon/mod.ts", import.meta.url).href;
    const [program, , ...flags] = command(runtime, "-");
    const input = `const { daemonize } = await import(${
      JSON.stringify(module)
    }); await daemonize();`;
    const piped = await stage.run([program, "run", ...flags], { input });
    assertEquals([piped.code, piped.output], [1, ""]);
    assertMatch(piped.errors, /from standard input/);
    await assertRejects(() => daemonize(), UnsupportedError, "test runner");
  });

  test(`with foreground the process that was started is the daemon (${runtime})`, async () => {
    await using stage = new DaemonStage();
    const told: Told = {
      options: { pidFile: stage.pidFile, foreground: true },
      steps: [["onStop", stage.file("stopped")], ["ready"], ["report", stage.file("report")]],
    };
    let pid = 0;
    const launcher = stage.launch(runtime, told, { started: (started) => pid = started });
    assertEquals(JSON.parse(await stage.written("report")).pid, pid);
    assertEquals(await readPidFile(stage.pidFile), pid);
    assertEquals(await stopDaemon(stage.pidFile), "terminated");
    assertEquals([(await launcher).code, stage.read("stopped")], [0, "stopped\n"]);
  });
}

test("with --allow-ffi alone a program becomes a daemon", async () => {
  await using stage = new DaemonStage();
  const script = stage.file("program.ts");
  const module = new URL("../../src/daemon/mod.ts", import.meta.url).href;
  const options = JSON.stringify({ pidFile: stage.pidFile, log: stage.file("log") });
  writeFileSync(
    script,
    `import { daemonize } from ${JSON.stringify(module)};
     (await daemonize(${options})).ready("up"); setInterval(() => {}, 1000);`,
  );
  const launcher = await stage.run(command("deno", script, ["--allow-ffi"]));
  assertEquals([launcher.code, launcher.output, launcher.errors], [0, "up\n", ""]);
  assertEquals(stage.living(), [await readPidFile(stage.pidFile)]);
});

test("of eight launchers at once one makes the daemon, and seven are refused with its pid", async () => {
  await using stage = new DaemonStage();
  const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready", "made"]] };
  const all = Array.from({ length: 8 }, (_, n) => stage.launch(n % 4 ? "bun" : "deno", told));
  const launchers = await Promise.all(all);
  const pid = await readPidFile(stage.pidFile);
  const refused = launchers.filter(({ code }) => code === 9);
  assertEquals(launchers.filter(({ output }) => output === "made\n").length, 1);
  assertEquals(refused.map(({ errors }) => JSON.parse(errors).pid), Array(7).fill(pid));
  assertEquals(stage.living(), [pid]);
  assertEquals(readFileSync(stage.pidFile, "utf8").split("\n")[0], String(pid));
  assert(pid !== process.pid);
});
