import { assertEquals, assertMatch } from "@std/assert";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { shell } from "../../src/service/file/from_file.ts";
import { OWN, test, uniqueName } from "../harness/mod.ts";
import { printed, run, SLEEP, start } from "./cli.ts";

const SERVER = "exec python3 -m http.server --bind 127.0.0.1 {port}";

test("a command line that is one program takes the shell's place, and no other does", () => {
  for (const line of ["sleep 60", "./server -p {port} 'a b' >log", "~/bin/x", "cat <in", "a"]) {
    assertEquals(shell(line), ["/bin/sh", "-c", `exec ${line}`]);
  }
  const others = [
    "exec a",
    "X=1 a",
    "a; b",
    "a && b",
    "a | b",
    "a &",
    "(a)",
    "a\nb",
    ". ./env",
    "",
  ];
  for (const line of [...others, "eval a", "command a", "a 2>&1"]) {
    assertEquals(shell(line), ["/bin/sh", "-c", line]);
  }
});

for (const runtime of OWN) {
  test(`${runtime}: what --start runs is the service itself, whichever shell there is`, async () => {
    const words = ["with", uniqueName("cli"), "--start", "sleep 1000", "--env-prefix=S", "--"];
    const { out } = await run(runtime, [...words, "sh", "-c", "cat /proc/$S_PID/comm"]);
    assertEquals(out, "sleep\n");
  });

  test(`${runtime}: procref with starts a service, tells its port, and stops it`, async () => {
    const { code, out } = await run(runtime, [
      "with",
      "my web",
      "--start",
      'exec sleep 1000 # {port} "$PORT"',
      "--port=free",
      "--ready-timeout=10s",
      "--ready-line=",
      "--",
      "true",
    ]);
    assertEquals([code, out], [125, ""]);
    const name = `web-${crypto.randomUUID().slice(0, 8)}`;
    const prefix = name.toUpperCase().replace("-", "_");
    const told = await run(runtime, [
      "with",
      name,
      "--start",
      SERVER,
      "--port",
      "free",
      "--",
      "sh",
      "-c",
      `echo $PORT $${prefix}_PORT $${prefix}_PID`,
    ]);
    assertEquals(told.code, 0, told.err);
    const [port, same, pid] = told.out.trim().split(" ").map(Number);
    assertEquals(port, same);
    assertEquals(isAlive(pid ?? 0), false);
  });

  test(`${runtime}: two shells share one service, and the second one out stops it`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--start", SLEEP, "--env-prefix", "S", "--"];
    const command = ["sh", "-c", "echo $S_PID; read line"];
    await using one = start(runtime, [...words, ...command]);
    const pid = Number(await one.line());
    // It runs, so nothing needs to be said of how it starts.
    await using other = start(runtime, ["with", name, "--env-prefix=S", "--", ...command]);
    assertEquals(Number(await other.line()), pid);
    one.type("\n");
    assertEquals((await one.ended).code, 0);
    assertEquals(isAlive(pid), true);
    other.type("\n");
    assertEquals((await other.ended).code, 0);
    assertEquals(isAlive(pid), false);
  });

  test(`${runtime}: kill -9 of procref with stops the service and ends the command`, async () => {
    const name = uniqueName("cli");
    await using running = start(runtime, [
      "with",
      name,
      "--start",
      SLEEP,
      "--env-prefix=S",
      "--",
      "sh",
      "-c",
      "trap 'echo terminated; exit' TERM; echo $S_PID $$; while :; do sleep 0.1; done",
    ]);
    const [service = 0, command = 0] = (await running.line()).split(" ").map(Number);
    running.signal("SIGKILL");
    await Promise.all([service, command].map((pid) => waitForExit(pid, { timeout: 10_000 })));
    await printed(running, "terminated");
  });

  test(`${runtime}: kill -9 of procref with ends a command that ignores SIGTERM, too`, async () => {
    await using running = start(runtime, [
      "with",
      uniqueName("cli"),
      "--start",
      SLEEP,
      "--",
      "sh",
      "-c",
      "trap '' TERM; echo $$; while :; do sleep 0.1; done",
    ]);
    const command = Number(await running.line());
    running.signal("SIGKILL");
    await waitForExit(command, { timeout: 30_000 });
  });

  test(`${runtime}: Ctrl-C while a service starts gives up, and leaves nothing`, async () => {
    await using running = start(runtime, [
      "with",
      uniqueName("cli"),
      "--start",
      "exec sleep 1000",
      "--ready-line=never",
      "--",
      "echo",
      "ran",
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.signal("SIGINT");
    const { code, out } = await running.ended;
    assertEquals([code, out], [130, ""]);
  });

  test(`${runtime}: procref with --timeout gives up waiting`, async () => {
    const { code, err } = await run(runtime, [
      "with",
      uniqueName("cli"),
      "--start",
      SLEEP,
      "--ready-line=never",
      "--timeout=300",
      "--",
      "true",
    ]);
    assertEquals(code, 125);
    assertMatch(err, /300 ms/);
  });

  test(`${runtime}: procref with tells in JSON what it ran with`, async () => {
    const name = uniqueName("cli");
    const words = ["with", name, "--start", SLEEP, "--json", "--", "sh", "-c", "exit 5"];
    const { code, err } = await run(runtime, words);
    assertEquals(code, 5);
    const { exitCode, services } = JSON.parse(err);
    assertEquals([exitCode, services.length, services[0].name], [5, 1, name]);
  });
}
