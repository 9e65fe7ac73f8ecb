import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFileSync } from "node:fs";
import { isAlive } from "../../src/process/mod.ts";
import { OWN, temporaryDirectory, test } from "../harness/mod.ts";
import { run } from "./cli.ts";

for (const runtime of OWN) {
  test(`${runtime}: procref daemon starts one daemon, tells of it, and stops it`, async () => {
    using directory = temporaryDirectory();
    const [pidFile, log] = [`${directory.path}/pid`, `${directory.path}/log`];
    const daemon = (...words: string[]) => run(runtime, ["daemon", ...words]);
    const words = ["start", pidFile, "--log", log, "--ready-line", "up", "--umask=027", "--json"];
    const command = ["--", "sh", "-c", "umask; pwd; echo up; exec sleep 1000"];

    assertEquals((await daemon("status", pidFile)).code, 3);
    const started = await daemon(...words, ...command);
    assertEquals([started.code, started.err], [0, ""]);
    const { pid } = JSON.parse(started.out);
    assertEquals(isAlive(pid), true);
    assertEquals(readFileSync(log, "utf8"), "0027\n/\nup\n");

    const second = await run(runtime, ["daemon", "start", pidFile, "--", "sleep", "1000"]);
    assertEquals([second.code, second.out], [1, ""]);
    assertStringIncludes(second.err, `pid ${pid}`);
    const status = await daemon("status", pidFile, "--json");
    assertEquals([status.code, JSON.parse(status.out)], [0, { running: true, stale: false, pid }]);
    assertEquals(await daemon("stop", pidFile), { code: 0, out: "terminated\n", err: "" });
    assertEquals(isAlive(pid), false);
    assertEquals((await daemon("stop", pidFile)).out, "gone\n");
    assertEquals((await daemon("status", pidFile)).code, 3);
  });

  test(`${runtime}: procref daemon start fails with the daemon's last words, and as env does`, async () => {
    using directory = temporaryDirectory();
    const [pidFile, log] = [`${directory.path}/pid`, `${directory.path}/log`];
    const start = (...words: string[]) => run(runtime, ["daemon", "start", pidFile, ...words]);
    const died = await start(
      "--log",
      log,
      "--ready-line=up",
      "--",
      "sh",
      "-c",
      "echo no luck; exit 3",
    );
    assertEquals(died.code, 1);
    assertStringIncludes(died.err, "no luck");
    assertEquals((await start("--", "procref-no-such-program")).code, 127);
    assertEquals((await start("--ready-line=up", "--", "true")).code, 2);
    assertEquals((await start()).code, 2);
    assertEquals((await run(runtime, ["daemon", "restart", pidFile])).code, 2);
    assertEquals((await run(runtime, ["daemon", "stop"])).code, 2);
  });
}
