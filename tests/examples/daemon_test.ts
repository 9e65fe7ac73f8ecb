import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { daemonStatus, readPidFile, waitForExit } from "@procref/procref";
import { freePort } from "../../src/ready/port.ts";
import { eventually, OWN, start, test } from "../harness/mod.ts";
import { command, Stage } from "../daemon/stage.ts";

const DAEMON = fileURLToPath(new URL("../../examples/daemon.ts", import.meta.url));
const SERVICE = new URL("../../examples/daemon_service.ts", import.meta.url);
const GONE = 10_000;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

for (const runtime of OWN) {
  test(`examples/daemon.ts starts, tells, reloads and stops (${runtime})`, async () => {
    await using stage = new Stage();
    const port = freePort();
    const env = { EXAMPLE_STEM: stage.file("web"), PORT: String(port) };
    const run = async (verb: string) => {
      const { code, output, errors } = await stage.run([...command(runtime, DAEMON), verb], {
        env,
      });
      return { code, text: `${output}${errors}`.trim() };
    };
    const fetched = async () => await (await fetch(`http://127.0.0.1:${port}/`)).text();
    assertEquals(await run("status"), { code: 3, text: "Not running" });
    const started = await run("start");
    const pid = await readPidFile(stage.file("web.pid"));
    assertEquals(started, { code: 0, text: `Pid ${pid} listens on http://127.0.0.1:${port}` });
    assertEquals(await run("status"), { code: 0, text: `Running, pid ${pid}` });
    assertEquals(await fetched(), `hello from ${pid}\n`);
    const second = await run("start");
    assertEquals(second.code, 1);
    assertStringIncludes(second.text, `pid ${pid} holds`);

    renameSync(stage.file("web.log"), stage.file("web.log.1"));
    assertEquals((await run("reload")).code, 0);
    await eventually(() => stage.files().includes("web.log"));
    assertEquals(await fetched(), `hello again from ${pid}\n`);
    assertEquals([stage.read("web.log"), stage.read("web.log.1")], ["GET /\n", "GET /\n"]);
    assertEquals(await run("stop"), { code: 0, text: "terminated" });
    assertEquals(await run("status"), { code: 3, text: "Not running" });
  });

  test(`examples/daemon_service.ts: clients share a daemon, which goes with the last, kill -9 too (${runtime})`, async () => {
    await using stage = new Stage();
    const options = {
      env: { ...stage.environment, EXAMPLE_STEM: stage.file("clock") },
      args: ["1000"],
    };
    await using first = start(runtime, SERVICE, options);
    await using second = start(runtime, SERVICE, options);
    const lines = [await first.line(), await second.line()];
    const pid = await readPidFile(stage.file("clock.pid"));
    for (const line of lines) assertMatch(line, new RegExp(`^The clock is pid ${pid}, [12] of us`));
    assertStringIncludes(stage.read("clock.log"), "ticking");
    first.signal("SIGKILL");
    await first.ended;
    assertEquals((await daemonStatus(stage.file("clock.pid"))).running, true);
    second.signal("SIGKILL");
    await waitForExit(pid, { timeout: GONE });
    // The guardian knows nothing of the pid file, which is stale now and in nobody's way. (The clock's last `sleep` has
    // its descriptor for a moment.)
    while ((await daemonStatus(stage.file("clock.pid"))).running) await sleep(5);
    assertEquals(await daemonStatus(stage.file("clock.pid")), { running: false, stale: true, pid });
    await using third = start(runtime, SERVICE, { ...options, args: ["0"] });
    await third.line();
    assertEquals(await third.ended, 0);
    assertEquals(stage.files(), ["clock.log"]);
  });
}
