// The verbs of the procref command that start something, as programs on Windows.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { SharedChild } from "../../src/child/mod.ts";
import { Mutex } from "../../src/sync/mod.ts";
import { isAlive, stop, waitForExit } from "../../src/process/mod.ts";
import { fileURLToPath } from "node:url";
import {
  OWN,
  type RuntimeName,
  RUNTIMES,
  temporaryDirectory,
  uniqueName,
  windowsTest as test,
} from "../harness/mod.ts";
import { procref, run, type Running, start } from "../cli/cli.ts";
import { Notes } from "../process/asking.ts";
import { SLEEPER } from "../service/sleeper.ts";
import { end } from "./children.ts";
import { lines, script } from "./programs.ts";

/** A command line of cmd.exe. */
const shell = (line: string) => ["--", "cmd", "/q", "/c", line];
const SLEEP = [SLEEPER[0], ...SLEEPER[1]];

/** The words of child_script.ts as a command. */
function command(...orders: string[]): string[] {
  const { program, args } = script(...orders);
  return ["--", program, ...args];
}

/** What was printed to standard error, without what Bun under Wine has to say of its own. */
function said(text: string): string {
  return text.split(/\r?\n/).filter((line) => !line.startsWith("Internal error:")).join("\n");
}

async function killed(running: Running): Promise<void> {
  end(running.pid);
  await running.ended;
}

/** The verb that needs a service, with one that only sleeps. */
function withService(): string[] {
  return ["with", uniqueName("cli"), "--start", SLEEP.join(" ")];
}

function holding(runtime: RuntimeName, name: string): Running {
  return start(runtime, ["lock", name, ...command("tree")]);
}

for (const runtime of OWN) {
  test(`${runtime}: procref run exits as its command does, and says why if it can't be run`, async () => {
    const told = await run(runtime, ["run", ...shell("echo hello& exit 6")]);
    assertEquals([told.code, told.out.trim()], [6, "hello"]);
    const [program = "", ...args] = [...procref(runtime), "run", ...shell("exit -1073741819")];
    await using exact = SharedChild.spawn(program, { args, stdin: "null" });
    assertEquals((await exact.wait()).code, 0xc0000005);
    const missing = await run(runtime, ["run", "--", "procref-nonesuch"]);
    assertEquals([missing.code, missing.out], [127, ""]);
    using directory = temporaryDirectory();
    writeFileSync(`${directory.path}\\x.cmd`, "@exit 3");
    const batch = await run(runtime, ["run", "--", `${directory.path}\\x.cmd`]);
    assertEquals(batch.code, 126);
    assertStringIncludes(batch.err, "without cmd.exe");
    assertEquals((await run(runtime, ["run", ...shell(`${directory.path}\\x.cmd`)])).code, 3);
  });

  test(`${runtime}: the standard streams of procref run are its command's`, async () => {
    await using running = start(runtime, ["run", ...command("echo")]);
    running.type("to and fro\n");
    assertEquals(await running.line(), "to and fro");
  });

  for (const verb of [["run"], ["lock", uniqueName("cli")]]) {
    test(`${runtime}: Ctrl-C reaches the command of procref ${verb[0]} once, and its code is told`, async () => {
      const console = fileURLToPath(new URL("./console.ts", import.meta.url));
      const { program, args: [...first] } = script();
      const words = [...procref(runtime), ...verb, ...command("patient")];
      await using own = SharedChild.spawn(program, {
        args: [...first.slice(0, -1), console, ...words],
        stdin: "null",
        stdout: "piped",
        windowsHide: true,
      });
      assertEquals(await Array.fromAsync(lines(own.takeStdout())), [
        "in",
        "interrupted",
        "ended with 5",
      ]);
    });
  }

  test(`${runtime}: what a command of procref run leaves behind ends with it`, async () => {
    await using running = start(runtime, ["run", ...command("tree")]);
    const child = Number(await running.line());
    assert(isAlive(child));
    await killed(running);
    await waitForExit(child, { timeout: 2500 });
    // Its command ends by itself, at its end of file.
    using directory = temporaryDirectory();
    const log = `${directory.path}\\log`;
    const line = `start /b ${SLEEP.join(" ")} >${log} 2>&1 & exit 5`;
    const { code, err } = await run(runtime, ["run", "--json", ...shell(line)]);
    const { exitCode, mechanism, timedOut } = JSON.parse(said(err));
    assertEquals([code, exitCode, mechanism, timedOut], [5, 5, "job_object", false]);
    // Nobody writes there any more, so it can be removed.
    assertEquals(readdirSync(directory.path), ["log"]);
  });

  test(`${runtime}: a timed-out command ends with its tree, and code 124`, async () => {
    const words = ["run", "--timeout=3s", "--json", ...command("tree")];
    const { code, out, err } = await run(runtime, words);
    assertEquals([code, JSON.parse(said(err)).timedOut], [124, true]);
    assert(!isAlive(Number(out)));
  });

  test(`${runtime}: a command of procref run that listens is asked at the timeout, and has its grace`, async () => {
    using notes = new Notes();
    const { program, args } = notes.program("listens");
    const limits = ["--timeout=5s", "--grace=60s"];
    const { code } = await run(runtime, ["run", ...limits, "--", program, ...args]);
    assertEquals([code, notes.lines], [124, ["stopped"]]);
  });

  for (const verb of [["run"], ["lock", uniqueName("cli")], withService()]) {
    test(`${runtime}: procref ${verb[0]} passes a request to end on to its command`, async () => {
      using notes = new Notes();
      const { program, args } = notes.program("listens");
      await using listening = start(runtime, [...verb, "--", program, ...args]);
      assertEquals(await listening.line(), "ready");
      assertEquals(await stop(listening.pid, { timeout: 60_000 }), "terminated");
      assertEquals([(await listening.ended).code, notes.lines], [0, ["stopped"]]);
      await using deaf = start(runtime, [...verb, ...command("tree")]);
      const child = Number(await deaf.line());
      assertEquals(await stop(deaf.pid, { timeout: 60_000 }), "terminated");
      assertEquals((await deaf.ended).code, 128 + 15);
      end(child);
    });
  }

  test(`${runtime}: procref lock gives up in time, and names who holds the lock`, async () => {
    const name = uniqueName("cli");
    await using holder = holding(runtime, name);
    const child = Number(await holder.line());
    const refused = await run(runtime, ["lock", name, "--timeout=0", ...shell("echo ran")]);
    assertEquals([refused.code, refused.out], [125, ""]);
    assertStringIncludes(refused.err, `${holder.pid}`);
    await killed(holder);
    await waitForExit(child, { timeout: 2500 });
    const next = await run(runtime, ["lock", name, "--timeout=0", ...shell("exit 4")]);
    assertEquals(next.code, 4);
  });

  test(`${runtime}: the lock of a killed procref passes on as abandoned, with its command dead`, async () => {
    const name = uniqueName("cli");
    // A lock is there as long as somebody has it open, and with it who has had it.
    using _mutex = Mutex.open(name);
    await using holder = holding(runtime, name);
    const old = Number(await holder.line());
    await using next = start(runtime, ["lock", name, "--json", ...command("tree")]);
    await killed(holder);
    const own = Number(await next.line());
    assertEquals(isAlive(old), false);
    assertMatch(next.err, /abandoned: its last holder was killed/);
    await killed(next);
    await waitForExit(own, { timeout: 2500 });
  });

  test(`${runtime}: a command under a lock that ends leaves alone what it has started`, async () => {
    const name = uniqueName("cli");
    using directory = temporaryDirectory();
    const file = `${directory.path}\\pid`;
    const { code } = await run(runtime, ["lock", name, ...command("leaver", file)]);
    const child = Number(readFileSync(file, "utf8"));
    assertEquals([code, isAlive(child)], [7, true]);
    end(child);
    await waitForExit(child);
  });

  test(`${runtime}: procref daemon starts, refuses, looks and stops`, async () => {
    using directory = temporaryDirectory();
    const [file, log] = [`${directory.path}\\daemon.pid`, `${directory.path}\\log`];
    const begin = [
      "daemon",
      "start",
      file,
      "--log",
      log,
      "--ready-pattern",
      "^\\d+",
      ...command("tree"),
    ];
    const first = await run(runtime, begin);
    const pid = Number(first.out);
    assertEquals([first.code, isAlive(pid)], [0, true]);
    const second = await run(runtime, begin);
    assertEquals([second.code, second.out], [1, ""]);
    assertStringIncludes(second.err, `it runs already, with pid ${pid}`);
    const status = await run(runtime, ["daemon", "status", file, "--json"]);
    assertEquals([status.code, JSON.parse(status.out)], [0, { running: true, pid, stale: false }]);
    assertEquals((await run(runtime, ["daemon", "stop", file])).out, "terminated\n");
    const absent = await run(runtime, ["daemon", "status", file]);
    assertEquals([absent.code, absent.out], [3, "does not run\n"]);
    assertEquals((await run(runtime, ["daemon", "stop", file, "--json"])).code, 0);
    const child = Number(/^\d+/.exec(readFileSync(log, "utf8"))?.[0]);
    end(child);
    await waitForExit(child);
    const failed = await run(runtime, [
      "daemon",
      "start",
      file,
      "--log",
      log,
      "--ready-line",
      "never",
      ...shell("echo no milk& exit 4"),
    ]);
    assertEquals(failed.code, 1);
    assertMatch(failed.err, /exited with code 4 before it was ready; its last words:\s+no milk/);
    const masked = await run(runtime, [
      "daemon",
      "start",
      file,
      "--umask",
      "022",
      ...shell("exit"),
    ]);
    assertStringIncludes(masked.err, "The option umask is not supported on windows");
    assertEquals(
      (await run(runtime, ["daemon", "start", file, "--", "procref-nonesuch"])).code,
      127,
    );
    assertEquals(readdirSync(directory.path), ["log"]);
  });
}

test("procref lock excludes the commands of both runtimes", async () => {
  const name = uniqueName("cli");
  using directory = temporaryDirectory();
  const file = `${directory.path}\\number`;
  writeFileSync(file, "0");
  const rounds = RUNTIMES.flatMap((runtime) =>
    Array.from({ length: 3 }, () => run(runtime, ["lock", name, ...command("count", file)]))
  );
  for (const { code } of await Promise.all(rounds)) assertEquals(code, 0);
  assertEquals(readFileSync(file, "utf8"), "6");
});
