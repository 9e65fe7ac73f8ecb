// procref with, on Windows: services are held while a command runs.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { realpathSync, writeFileSync } from "node:fs";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { OWN, temporaryDirectory, uniqueName, windowsTest as test } from "../harness/mod.ts";
import { run, start } from "../cli/cli.ts";
import { script } from "./programs.ts";

const SLEEP = "ping -n 1000 127.0.0.1";
const NEVER = "--ready-line=never";
/** Prints what it is asked for, and goes on when it gets a line. */
const echo = (text: string) => ["cmd.exe", "/d", "/q", "/c", `echo ${text}& set /p line=`];

for (const runtime of OWN) {
  test(`${runtime}: procref with starts a service, tells its port, and stops it`, async () => {
    const server = script("server", "{port}");
    const line = [server.program, ...server.args].map((word) => `"${word}"`).join(" ");
    const words = ["with", uniqueName("cli"), "--start", line, "--port=free", "--env-prefix=S"];
    const command = ["cmd.exe", "/d", "/q", "/c", "echo %PORT% %S_PORT% %S_PID%& exit 5"];
    const { code, out, err } = await run(runtime, [...words, "--", ...command]);
    assertEquals([code, err], [5, ""]);
    const [port = 0, same, pid = 0] = out.trim().split(" ").map(Number);
    assert(port > 0);
    assertEquals([same, isAlive(pid)], [port, false]);
  });

  test(`${runtime}: two shells share one service, and the second one out stops it`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--env-prefix", "S"];
    await using one = start(runtime, [...words, "--start", SLEEP, "--", ...echo("%S_PID%")]);
    const pid = Number(await one.line());
    await using other = start(runtime, [...words, "--", ...echo("%S_PID%")]);
    assertEquals(Number(await other.line()), pid);
    one.type("\r\n");
    assertEquals((await one.ended).code, 0);
    assert(isAlive(pid));
    other.type("\r\n");
    assertEquals((await other.ended).code, 0);
    assert(!isAlive(pid));
  });

  test(`${runtime}: a service with --linger outlives procref with, and procref stop ends it`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--start", SLEEP, "--linger=10m", "--env-prefix=S", "--"];
    const { code, out } = await run(runtime, [...words, "cmd.exe", "/c", "echo %S_PID%"]);
    assertEquals([code, isAlive(Number(out))], [0, true]);
    assertStringIncludes((await run(runtime, ["list"])).out, "lingers");
    assertEquals((await run(runtime, ["stop", name])).code, 0);
    assert(!isAlive(Number(out)));
  });

  test(`${runtime}: procref with is killed: service and command end`, async () => {
    const words = ["with", uniqueName("cli"), "--start", SLEEP, "--env-prefix=S", "--"];
    await using running = start(runtime, [...words, ...echo("%S_PID%")]);
    const pid = Number(await running.line());
    running.signal("SIGKILL");
    await waitForExit(pid, { timeout: 10_000 });
    // The command had the output as well.
    await running.ended;
  });

  test(`${runtime}: procref with takes services from the next procref.json upwards`, async () => {
    using directory = temporaryDirectory();
    const home = realpathSync(directory.path);
    const nap = { command: SLEEP, provides: { NAP: "pid {pid}" } };
    const other = { command: ["ping.exe", "-n", "1000", "127.0.0.1"] };
    writeFileSync(`${home}\\procref.json`, JSON.stringify({ services: { nap, other } }));
    const command = ["cmd.exe", "/d", "/q", "/c", "echo %NAP% %NAP_PID% %OTHER_PID%"];
    const words = ["with", "nap", "other", "--", ...command];
    const { code, out, err } = await run(runtime, words, { cwd: home });
    assertEquals([code, err], [0, ""]);
    const [, provided, pid, second] = /^pid (\d+) (\d+) (\d+)\r?\n$/.exec(out) ?? [];
    assertEquals(provided, pid);
    assertEquals([Number(pid), Number(second)].map(isAlive), [false, false]);
    const missing = await run(runtime, ["with", "pq", "--", "cmd.exe"], { cwd: home });
    assertEquals(missing.code, 125);
    assertMatch(missing.err, /procref\.json does not name it \(it has nap, other\)/);
  });

  test(`${runtime}: procref with --timeout gives up waiting, and an absent command is told first`, async () => {
    const words = ["with", uniqueName("cli"), "--start", SLEEP, NEVER, "--timeout=300", "--"];
    const late = await run(runtime, [...words, "cmd.exe", "/c", "echo ran"]);
    assertEquals([late.code, late.out], [125, ""]);
    assertMatch(late.err, /300 ms/);
    assertEquals((await run(runtime, [...words, "no-such-program"])).code, 127);
  });
}
