// systemd (notify and forking), pid 1 of a container.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFileSync } from "node:fs";
import process from "node:process";
import { daemonStatus, isAlive, readPidFile, SharedChild } from "@procref/procref";
import { eventually, linuxTest, OWN, test } from "../harness/mod.ts";
import { NotifySocket } from "./notify_socket.ts";
import { command, Stage } from "./stage.ts";
import type { Told } from "./told.ts";

for (const runtime of OWN) {
  for (const kind of ["path", "abstract"] as const) {
    const declare = kind === "path" ? test : linuxTest;
    declare(
      `Type=notify: the started process stays, and tells the ${kind} socket (${runtime})`,
      async () => {
        await using stage = new Stage();
        const name = kind === "path"
          ? stage.file("notify")
          : `@procref-test-${crypto.randomUUID()}`;
        using socket = new NotifySocket(name);
        const told: Told = {
          options: { pidFile: stage.pidFile, workingDirectory: "/usr", umask: 0o077 },
          before: stage.file("before"),
          steps: [
            ["reload", stage.file("reloads")],
            ["ready", "listening\nMAINPID=1"],
            ["report", stage.file("report")],
          ],
        };
        await using main = start(stage, [...command(runtime), JSON.stringify(told)], {
          NOTIFY_SOCKET: name,
        });
        const { pid } = main;
        assertEquals(await socket.next(), `READY=1\nMAINPID=${pid}\nSTATUS=listening MAINPID=1`);
        const report = await stage.report();
        assertEquals([report.identity.pid, report.directory, report.umask], [pid, "/usr", 0o077]);
        assertEquals(stage.read("before"), `${pid}\n`, "nothing is started anew");
        assertEquals(await daemonStatus(stage.pidFile), { running: true, stale: false, pid });
        assertEquals(
          report.child.includes("NOTIFY_SOCKET"),
          false,
          "its children do not speak for it",
        );
        assertEquals(report.environment.includes("NOTIFY_SOCKET"), false);

        process.kill(pid, "SIGHUP");
        assertMatch(await socket.next(), /^RELOADING=1\nMONOTONIC_USEC=\d+$/);
        assertEquals(await socket.next(), "READY=1");
        assertEquals(await stage.written("reloads"), "reloaded\n");
      },
    );
  }

  test(`Type=notify: a supervisor that listens no more does not end it at SIGHUP (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = { options: {}, steps: [["reload", stage.file("reloads")], ["ready"]] };
    const socket = new NotifySocket(stage.file("notify"));
    await using main = start(stage, [...command(runtime), JSON.stringify(told)], {
      NOTIFY_SOCKET: stage.file("notify"),
    });
    await socket.next();
    socket[Symbol.dispose]();
    process.kill(main.pid, "SIGHUP");
    assertEquals(await stage.written("reloads"), "reloaded\n");
    assertEquals(isAlive(main.pid), true);
  });

  test(`Type=notify, and a daemon all the same: the supervisor gets its pid (${runtime})`, async () => {
    await using stage = new Stage();
    using socket = new NotifySocket(stage.file("notify"));
    const told: Told = {
      options: { pidFile: stage.pidFile, foreground: false },
      steps: [["ready", "up"], ["report", stage.file("report")]],
    };
    const env = { NOTIFY_SOCKET: stage.file("notify") };
    assertEquals((await stage.launch(runtime, told, { env })).code, 0);
    const pid = await readPidFile(stage.pidFile);
    assertEquals(await socket.next(), `READY=1\nMAINPID=${pid}\nSTATUS=up`);
    assertEquals((await stage.report()).child.includes("NOTIFY_SOCKET"), false);
  });

  test(`Type=notify: what keeps it from starting is told, and code 1 (${runtime})`, async () => {
    await using stage = new Stage();
    const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready"]] };
    const run = (address: string) =>
      stage.launch(runtime, told, { env: { NOTIFY_SOCKET: address } });
    const nobody = await run(stage.file("nobody"));
    assertStringIncludes(nobody.errors, "sendto: ENOENT");
    const unknown = await run("vsock:2:1234");
    assertStringIncludes(unknown.errors, "NOTIFY_SOCKET=vsock:2:1234");
    assertEquals([nobody.code, unknown.code, stage.living()], [1, 1, []]);
  });

  linuxTest(
    `Type=forking: the first line of the pid file is the main process, in the same cgroup (${runtime})`,
    async () => {
      await using stage = new Stage();
      const told: Told = { options: { pidFile: stage.pidFile }, steps: [["ready"]] };
      assertEquals((await stage.launch(runtime, told)).code, 0);
      // What systemd does with PIDFile=: read_one_line_file, parse_pid.
      const pid = Number(stage.read("daemon.pid").split("\n")[0]);
      assertEquals(pid, await readPidFile(stage.pidFile));
      assertEquals(stage.living(), [pid]);
      const cgroup = (who: number | string) => readFileSync(`/proc/${who}/cgroup`, "utf8");
      assertEquals(cgroup(pid), cgroup("self"));
    },
  );

  linuxTest(
    `pid 1 of a container is the daemon itself, and its output stays the container's (${runtime})`,
    async () => {
      if (process.getuid?.() !== 0) return;
      await using stage = new Stage();
      const told: Told = {
        options: { pidFile: stage.pidFile },
        before: stage.file("before"),
        steps: [["ready"], ["print", "hello"], ["report", stage.file("report")], ["exit", "5"]],
      };
      const container = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] as const;
      const outcome = await stage.run([...container, ...command(runtime), JSON.stringify(told)]);
      assertEquals([outcome.code, outcome.errors], [5, "hello (error)\n"]);
      assertEquals(outcome.output, "hello\nhello (stream)\n");
      assertEquals((await stage.report()).identity.pid, 1);
      assertEquals(stage.read("before"), "1\n");
    },
  );

  test(`foreground: whoever supervises may ask for it, and get a log (${runtime})`, async () => {
    await using stage = new Stage();
    const log = stage.file("log");
    const told: Told = {
      options: { pidFile: stage.pidFile, foreground: true, log },
      steps: [["print", "hello"], ["ready"]],
    };
    await using main = start(stage, [...command(runtime), JSON.stringify(told)]);
    await eventually(() => stage.files().includes("log") && stage.read("log").includes("(stream)"));
    assertEquals(await readPidFile(stage.pidFile), main.pid);
    const second = await stage.launch(runtime, { ...told, caught: true });
    assertEquals(second.output, `{"code":"locked","pid":${main.pid}}\n`);
  });
}

/** Starts a program that is to stay. */
function start(
  stage: Stage,
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string> = {},
): SharedChild {
  return SharedChild.spawn(program, {
    args,
    env: { ...stage.environment, ...env },
    stdin: "null",
    stdout: "null",
  });
}
