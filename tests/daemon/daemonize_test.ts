import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { existsSync, readlinkSync, renameSync, symlinkSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import {
  daemonStatus,
  identify,
  isAlive,
  lockPidFile,
  readPidFile,
  SharedChild,
  stopDaemon,
  waitForExit,
} from "@procref/procref";
import { platform } from "../../ffi/platform.ts";
import { eventually, OWN, type RuntimeName, test } from "../harness/mod.ts";
import { command, OPEN_BY_CHANCE, Stage } from "./stage.ts";
import type { Told } from "./told.ts";

const TERMINAL = fileURLToPath(new URL("./terminal.ts", import.meta.url));
const SIGINT_SIGQUIT = (1n << 1n) | (1n << 2n);

for (const runtime of OWN) {
  test(`after daemonize() the code runs in a daemon, and the launcher has ended with 0 (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = {
      options: { pidFile: stage.pidFile, umask: 0o027, workingDirectory: "/usr" },
      before: stage.file("before"),
      steps: [["ready", "listening"], ["report", stage.file("report")]],
    };
    const launcher = await stage.launch(runtime, told);
    assertEquals([launcher.code, launcher.output, launcher.errors], [0, "listening\n", ""]);
    const report = await stage.report();
    const { pid } = report.identity;
    assert(isAlive(report.identity) && report.same);
    assertEquals(
      stage.read("before"),
      `${launcher.pid}\n${pid}\n`,
      "what stands before is done twice",
    );
    assertEquals(await readPidFile(stage.pidFile), pid);
    assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });

    const { session, group, terminal, parent } = report;
    assertEquals([session === process.pid, session === pid, terminal], [false, false, 0]);
    assertEquals([session, parent], [group, parent]);
    assertEquals([isAlive(session), parent === launcher.pid], [false, false]);
    assertEquals([report.directory, report.umask], ["/usr", 0o027]);
    assertEquals(BigInt(`0x${report.ignored}`) & SIGINT_SIGQUIT, 0n, "SIGINT must not be ignored");
    assertEquals(stage.living(), [pid], "only the daemon is left");
  });

  test(`pitfall 4, closing 0 to 2: they lead to /dev/null, and no socket gets their numbers (${runtime})`, async () => {
    await using stage = new Stage();
    const steps: Told["steps"] = [["ready"], ["print", "x".repeat(1 << 16)], [
      "report",
      stage.file("report"),
    ]];
    assertEquals((await stage.launch(runtime, { steps })).code, 0);
    const { descriptors } = await stage.report();
    assertEquals([descriptors[0], descriptors[1], descriptors[2]], Array(3).fill("/dev/null"));
    // Nor is there a copy, made by the runtime, that still leads to where it could be read before.
    assertEquals(Object.values(descriptors).filter((place) => place.includes("procref-")), []);
  });

  test(`pitfall 5, inherited descriptors: the daemon has the pid file's and its own (${runtime})`, async () => {
    await using stage = new Stage();
    const pipes: string[] = [];
    const told: Told = {
      options: { pidFile: stage.pidFile },
      steps: [["ready"], ["report", stage.file("report")]],
    };
    // It ends only when nobody holds its launcher's pipes any more.
    const launcher = await stage.launch(runtime, told, {
      started: (pid) => {
        for (const number of [0, 1, 2, OPEN_BY_CHANCE]) {
          pipes.push(readlinkSync(`/proc/${pid}/fd/${number}`));
        }
      },
    });
    assertEquals(launcher.code, 0);
    const { descriptors, child } = await stage.report();
    const places = Object.values(descriptors);
    assertEquals(pipes.filter((pipe) => places.includes(pipe)), []);
    assertEquals(places.filter((place) => place === stage.pidFile), [stage.pidFile]);
    // Neither the lock nor the order goes on to the daemon's own children.
    assertEquals([child.includes(stage.pidFile), child.includes("procref-")], [false, false]);
    assertEquals(/^PROCREF_(?!TEST|AS_MAC|DENO)/m.test(child), false);
  });

  test(`a daemon that opens a terminal by accident does not get it as its own (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = { steps: [["ready"], ["terminal", stage.file("terminal")]] };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    assertEquals(await stage.written("terminal"), "0");
    // The leader of a session does.
    const [program, ...args] = command(runtime, TERMINAL);
    const leader = SharedChild.spawn(program, {
      args,
      newSession: true,
      stdin: "null",
      stdout: "piped",
    });
    const stdout = leader.takeStdout();
    assert(stdout !== undefined);
    assert(Number(await new Response(stdout).text()) > 0);
    await leader.wait();
  });

  test(`a daemon with a log writes there; after SIGHUP into the new one (${runtime})`, async () => {
    await using stage = new Stage();
    const log = stage.file("log");
    const told: Told = {
      options: { pidFile: stage.pidFile, log },
      steps: [["reload", stage.file("reloads")], ["print", "early"], ["ready"], ["print", "late"]],
    };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    await eventually(() => stage.read("log").includes("late (stream)"));
    const lines = (text: string) => text.trim().split("\n").sort();
    const expected = ["early", "late"].flatMap((
      word,
    ) => [`${word} (error)`, `${word} (stream)`, word]);
    assertEquals(lines(stage.read("log")), expected.sort());

    renameSync(log, `${log}.1`);
    process.kill(await readPidFile(stage.pidFile), "SIGHUP");
    await stage.written("reloads");
    await eventually(() => stage.read("log").includes("stream"));
    assertEquals(stage.read("log"), "after the reload\nafter the reload (stream)\n");
    assertEquals(lines(stage.read("log.1")), expected.sort());
    assertEquals(await stopDaemon(stage.pidFile), "terminated");
  });

  test(`a second daemon is refused with the first one's pid, and changes nothing (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = {
      options: { pidFile: stage.pidFile },
      before: stage.file("before"),
      steps: [["ready"]],
    };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    const pid = await readPidFile(stage.pidFile);
    const text = stage.read("daemon.pid");
    const other = await stage.launch(runtime, told);
    assertEquals([other.code, other.output], [1, ""]);
    assertStringIncludes(other.errors, `pid ${pid} holds the pid file`);
    assertEquals(stage.read("daemon.pid"), text);
    const caught = await stage.launch(runtime, { ...told, caught: true });
    assertEquals([caught.code, caught.output], [9, `{"code":"locked","pid":${pid}}\n`]);
    assertEquals(stage.living(), [pid]);
    // kill -9 frees it.
    process.kill(pid, "SIGKILL");
    await waitForExit(pid);
    assertEquals(await daemonStatus(stage.pidFile), { running: false, stale: true, pid });
    assertEquals((await stage.launch(runtime, told)).code, 0);
  });

  test(`a daemon that wants to be asked is, and ends with its handlers and its pid file (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = {
      options: { pidFile: stage.pidFile },
      steps: [["onStop", stage.file("one")], ["onStop", stage.file("two")], ["ready"]],
    };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    assertEquals(await stopDaemon(stage.pidFile), "terminated");
    assertEquals([stage.read("one"), stage.read("two")], ["stopped\n", "stopped\n"]);
    assertEquals(stage.files(), ["one", "two"]);
  });

  test(`a daemon that fails before it is ready is told with its last words (${runtime})`, async () => {
    await using stage = new Stage();
    const log = stage.file("log");
    for (const options of [{ pidFile: stage.pidFile }, { pidFile: stage.pidFile, log }]) {
      const thrown = await stage.launch(runtime, { options, steps: [["throw", "no coffee"]] });
      assertEquals([thrown.code, thrown.output], [1, ""]);
      assertMatch(thrown.errors, /The daemon exited with code 1 before it was ready[^]*no coffee/);
      const steps: Told["steps"] = [["print", "farewell"], ["exit", "7"]];
      const exited = await stage.launch(runtime, { options, steps });
      assertEquals(exited.code, 1);
      assertMatch(exited.errors, /The daemon exited with code 7[^]*farewell/);
      // An end with 0 before it is ready is a failure as well.
      assertEquals((await stage.launch(runtime, { options, steps: [["exit", "0"]] })).code, 1);
      const caught = await stage.launch(runtime, { options, caught: true, steps });
      assertEquals([caught.code, caught.output], [9, `{"code":"start_failed"}\n`]);
    }
    assertEquals([stage.living(), stage.files()], [[], ["log"]]);
  });

  test(`a daemon that is not ready in time is stopped, and the launcher fails (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = {
      options: { pidFile: stage.pidFile, readyTimeout: 1500 },
      steps: [["print", "thinking"], ["wait"]],
    };
    const launcher = await stage.launch(runtime, told);
    assertEquals(launcher.code, 1);
    assertMatch(
      launcher.errors,
      /The daemon was not ready after 1500 ms; its last words:\nthinking/,
    );
    assertEquals([stage.living(), stage.files()], [[], []]);
    const caught = await stage.launch(runtime, { ...told, caught: true });
    assertEquals(caught.output, `{"code":"not_ready"}\n`);
  });

  test(`a daemon that ends by itself takes its pid file with it (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready"], ["exit", "3"]] };
    await stage.launch(runtime, told);
    await eventually(() => stage.living().length === 0);
    assertEquals(stage.files(), []);
  });

  test(`ready() twice and daemonize() twice are errors, in the daemon as in the launcher (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = { steps: [["ready"], ["codes", stage.file("codes")]] };
    assertEquals((await stage.launch(runtime, told)).code, 0);
    assertEquals(await stage.written("codes"), "already_done already_done");
    // A second ready() that nobody catches ends the daemon; its launcher has gone.
    const twice: Told = { options: { log: stage.file("log") }, steps: [["ready"], ["ready"]] };
    await stage.launch(runtime, twice);
    await eventually(() => stage.read("log").includes("already_done"));
  });

  test(`bad options are told to whoever typed the command, and nothing is started (${runtime})`, async () => {
    await using stage = new Stage();
    symlinkSync(stage.file("elsewhere"), stage.file("link"));
    // What is closed to root as well.
    const refused = "EACCES (13): permission denied for the pid file";
    const refusals: [Told["options"], string][] = platform === "linux"
      ? [[{ pidFile: "/sys/daemon.pid" }, refused]]
      : [];
    const cases: [Told["options"], string][] = [
      [{ pidFile: stage.file("missing/daemon.pid") }, "directory of the pid file is missing"],
      ...refusals,
      [{ pidFile: stage.file(".") }, "is a directory"],
      [{ pidFile: stage.file("link") }, "is a symbolic link"],
      [{ workingDirectory: stage.file("missing") }, "working directory is not there"],
      [{ workingDirectory: "/etc/passwd" }, "working directory is no directory"],
      [{ log: stage.file("missing/log") }, "ENOENT"],
      [{ readyTimeout: 0 }, "RangeError: readyTimeout"],
      [{ readyTimeout: -1 }, "RangeError: readyTimeout"],
      [{ umask: 0o1000 }, "RangeError: umask"],
      [{ pidFile: "" }, "TypeError: A pid file"],
    ];
    const told = (options: Told["options"]): Told => ({
      ...(options === undefined ? {} : { options }),
      before: stage.file("before"),
      steps: [["ready"]],
    });
    for (const [options, message] of cases) {
      const launcher = await stage.launch(runtime, told(options));
      assertEquals([launcher.code, launcher.output], [1, ""], message);
      assertStringIncludes(launcher.errors, message);
    }
    assertEquals(stage.read("before").trim().split("\n").length, cases.length);
    assertEquals(stage.files(), ["before", "link"]);
  });
}

test("of twenty launchers at once one makes the daemon, and nineteen are refused with its pid", async () => {
  await using stage = new Stage();
  const told: Told = {
    options: { pidFile: stage.pidFile },
    caught: true,
    steps: [["ready", "made"]],
  };
  const runtimes = Array.from(
    { length: 20 },
    (_, index): RuntimeName => index % 4 ? "bun" : "deno",
  );
  const launchers = await Promise.all(runtimes.map((runtime) => stage.launch(runtime, told)));
  const pid = await readPidFile(stage.pidFile);
  const outputs = launchers.map(({ output }) => output.trim()).sort();
  assertEquals(outputs, ["made", ...Array(19).fill(`{"code":"locked","pid":${pid}}`)].sort());
  assertEquals(launchers.filter(({ code }) => code === 0).length, 1);
  assertEquals(stage.living(), [pid]);
});

test("a lock that this process holds is a refusal to launchers, and its release none", async () => {
  await using stage = new Stage();
  const told: Told = { options: { pidFile: stage.pidFile }, caught: true, steps: [["ready"]] };
  const lock = lockPidFile(stage.pidFile);
  const refused = await stage.launch("bun", told);
  assertEquals(refused.output, `{"code":"locked","pid":${process.pid}}\n`);
  lock.release();
  assertEquals((await stage.launch("bun", told)).code, 0);
  assert(identify(await readPidFile(stage.pidFile)) !== undefined);
  assertEquals(existsSync(stage.pidFile), true);
});
