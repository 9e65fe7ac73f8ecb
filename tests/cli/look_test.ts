import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { stopService } from "../../src/service/mod.ts";
import { OWN, test, uniqueName } from "../harness/mod.ts";
import { inTerminal, printed, procref, quoted, run, Running, SLEEP, start } from "./cli.ts";

for (const runtime of OWN) {
  test(`${runtime}: list, status and stop tell of a service and stop it only if nobody uses it`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--start", SLEEP, "--linger", "10m", "--"];
    await using client = start(runtime, [...words, "sh", "-c", "echo in; read line"]);
    await client.line();

    const listed = JSON.parse((await run(runtime, ["list", "--json"])).out);
    const one = listed.find((status: { name: string }) => status.name === name);
    assertEquals([one.state, one.count, one.healthy], ["running", 1, true]);
    assertEquals(one.holders.map(({ pid }: { pid: number }) => pid), [client.pid]);
    assertMatch(
      (await run(runtime, ["list"])).out,
      new RegExp(`${name} +running +1 +${one.info.pid}`),
    );
    assertStringIncludes((await run(runtime, ["list", "--names"])).out, `${name}\n`);

    const status = await run(runtime, ["status", name, "--json"]);
    assertEquals([status.code, JSON.parse(status.out).info.pid], [0, one.info.pid]);
    assertMatch(
      (await run(runtime, ["status", name])).out,
      new RegExp(`^held by +${client.pid}$`, "m"),
    );

    const refused = await run(runtime, ["stop", name]);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.err, `has 1 client: pid ${client.pid}`);
    assertEquals(isAlive(one.info.pid), true);

    client.type("\n");
    assertEquals((await client.ended).code, 0);
    assertEquals(isAlive(one.info.pid), true); // it lingers
    const stopped = await run(runtime, ["stop", name, "--json"]);
    assertEquals([stopped.code, JSON.parse(stopped.out)], [0, { name, stopped: true }]);
    assertEquals(isAlive(one.info.pid), false);

    const absent = await run(runtime, ["status", name, "--json"]);
    assertEquals([absent.code, JSON.parse(absent.out).state], [3, "absent"]);
    assertEquals(JSON.parse((await run(runtime, ["stop", name, "--json"])).out).stopped, false);
  });

  test(`${runtime}: procref stop --force takes a service from its clients`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--start", SLEEP, "--env-prefix=S", "--"];
    await using client = start(runtime, [...words, "sh", "-c", "echo $S_PID; read line"]);
    const pid = Number(await client.line());
    assertEquals((await run(runtime, ["stop", name, "--force"])).code, 0);
    await waitForExit(pid, { timeout: 1000 });
    client.type("\n");
    assertEquals((await client.ended).code, 0);
  });

  test(`${runtime}: procref status --watch is a live table in a terminal, and tables elsewhere`, async () => {
    const name = uniqueName("cli");
    const line = [...procref(runtime), "status", name, "--watch"];
    await using live = inTerminal(line.map(quoted).join(" "));
    await using piped = start(runtime, ["status", name, "--watch", "--json"]);
    await printed(live, "absent");
    await printed(piped, '"absent"');
    assertEquals(
      (await run(runtime, ["with", name, "--start", SLEEP, "--", "sleep", "1"])).code,
      0,
    );
    await printed(live, "running");
    await printed(piped, '"running"');
    assertStringIncludes(live.out, "\x1b[2F\x1b[J");
    live.type("\x03");
    piped.signal("SIGINT");
    assertEquals((await live.ended).code, 0);
    const { code, out } = await piped.ended;
    assertEquals(code, 0);
    for (const line of out.trim().split("\n")) JSON.parse(line);
  });

  test(`${runtime}: procref status --watch ends when nobody reads it any more`, async () => {
    const line = [...procref(runtime), "status", uniqueName("cli"), "--watch"];
    const script = `${line.map(quoted).join(" ")} | head -n 1; echo \${PIPESTATUS[0]}`;
    await using running = new Running(["timeout", "10", "bash", "-c", script]);
    const { code, out } = await running.ended;
    assertEquals([code, out.split("\n")[1]], [0, "0"]);
  });

  test(`${runtime}: what stands after -- is a name to a verb that runs no command`, async () => {
    const { code, out } = await run(runtime, ["status", "--json", "--", "--absent"]);
    assertEquals([code, JSON.parse(out).name], [3, "--absent"]);
    assertEquals((await run(runtime, ["list", "--", "junk"])).code, 2);
  });

  test(`${runtime}: colours are for terminals, unless NO_COLOR says no`, async () => {
    const doctor = [...procref(runtime), "doctor"];
    const isColoured = (text: string) => text.includes("\x1b[");
    for (
      const [env, coloured] of [[{}, true], [{ NO_COLOR: "1" }, false], [
        { TERM: "dumb" },
        false,
      ]] as const
    ) {
      await using terminal = inTerminal(doctor.map(quoted).join(" "), { env });
      const { out } = await terminal.ended;
      assertStringIncludes(out, "signals and waits");
      assertEquals([env, isColoured(out)], [env, coloured]);
    }
    assertEquals(isColoured((await run(runtime, ["doctor"])).out), false);
  });

  test(`${runtime}: a wait of over 0.3 s is shown on a terminal's standard error, and wiped away`, async () => {
    const words = (delay: string) => [
      "with",
      uniqueName("cli"),
      "--start",
      `sleep ${delay}; echo up; exec sleep 1000`,
      "--ready-line=up",
      "--",
      "echo",
      "ran",
    ];
    const slow = [...procref(runtime), ...words("1.5")].map(quoted).join(" ");
    await using terminal = inTerminal(slow);
    const { code, out } = await terminal.ended;
    assertEquals(code, 0);
    assertMatch(out, /Waiting for test cli .* \d\.\ds/);
    assertStringIncludes(out, "\r\x1b[Kran\r\n");
    await using redirected = inTerminal(`${slow} 2>/dev/null`);
    assertEquals((await redirected.ended).out, "ran\r\n");
    assertEquals(await run(runtime, words("1")), { code: 0, out: "ran\n", err: "" });
  });

  test(`${runtime}: procref doctor tells in JSON what the host offers`, async () => {
    const { code, out } = await run(runtime, ["doctor", "--json"]);
    const { features, containment, runtime: told } = JSON.parse(out);
    assertEquals([code, told], [0, runtime]);
    assertEquals(features.every(({ available }: { available: boolean }) => available), true);
    assertEquals(typeof containment.mechanism, "string");
  });
}

test("stopService() ends a service that lingers, and says when there is none", async () => {
  const name = uniqueName("stop");
  assertEquals(await stopService(name), false);
  const { code } = await run("bun", ["with", name, "--start", SLEEP, "--linger=10m", "--", "true"]);
  assertEquals(code, 0);
  assertEquals(await stopService(name), true);
  assertEquals(await stopService(name), false);
});
