import { assertEquals } from "@std/assert";
import { platform } from "../../ffi/platform.ts";
import { waitForExit } from "../../src/process/mod.ts";
import { linuxTest, OWN, test } from "../harness/mod.ts";
import { inTerminal, printed, procref, quoted, run, start } from "./cli.ts";

// Starts something that outlives it, and that no signal to its group reaches.
// On macOS, which has no setsid(1), no member may leave the group.
const LEAVER = `${platform === "darwin" ? "" : "setsid "}sleep 1000 >/dev/null 2>&1 & echo $!`;

for (const runtime of OWN) {
  test(`${runtime}: what a command of procref run leaves behind ends with it`, async () => {
    const { code, out } = await run(runtime, ["run", "--", "sh", "-c", `${LEAVER}; exit 6`]);
    assertEquals(code, 6);
    await waitForExit(Number(out), { timeout: 1000 });
  });

  test(`${runtime}: kill -9 of procref run ends the whole tree`, async () => {
    await using running = start(runtime, ["run", "--", "sh", "-c", `${LEAVER}; echo $$; wait`]);
    const pids = [Number(await running.line()), Number(await running.line())];
    running.signal("SIGKILL");
    await Promise.all(pids.map((pid) => waitForExit(pid, { timeout: 2500 })));
  });

  test(`${runtime}: a timed-out command gets SIGTERM, and SIGKILL after the grace`, async () => {
    const polite = "trap 'echo bye; exit' TERM; echo in; while :; do sleep 0.05; done";
    const words = ["run", "--timeout=500ms", "--grace=10s", "--", "sh", "-c"];
    const obeyed = await run(runtime, [...words, polite]);
    assertEquals([obeyed.code, obeyed.out], [124, "in\nbye\n"]);
    const stubborn = ["run", "--timeout=500ms", "--grace=200ms", "--json", "--", "sh", "-c"];
    const killed = await run(runtime, [...stubborn, "trap '' TERM; while :; do sleep 0.05; done"]);
    assertEquals(killed.code, 124);
    const { exitCode, timedOut, mechanism } = JSON.parse(killed.err);
    assertEquals([exitCode, timedOut, typeof mechanism], [124, true, "string"]);
  });

  linuxTest(`${runtime}: a command of procref run in a cgroup has the terminal`, async () => {
    const words = [...procref(runtime), "run", "--mechanism=cgroup_v2", "--", "sh", "-c"];
    const command = "echo ready; read line </dev/tty; echo you said $line";
    await using running = inTerminal([...words, command].map(quoted).join(" "));
    await printed(running, "ready");
    running.type("hello\n");
    await printed(running, "you said hello");
    assertEquals((await running.ended).code, 0);
  });
}
