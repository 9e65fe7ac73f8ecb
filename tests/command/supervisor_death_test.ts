import { assertEquals } from "@std/assert";
import { isAlive } from "@procref/procref/process";
import { eventually, RUNTIMES, start, test } from "../harness/mod.ts";

const OWNER = new URL("supervisor_owner.ts", import.meta.url);

for (const runtime of RUNTIMES) {
  test(`SIGKILL of a supervising process of ${runtime} leaves nothing`, async () => {
    await using owner = start(runtime, OWNER);
    const pids = (await owner.line()).split(" ").map(Number);
    assertEquals(pids.map((pid) => isAlive(pid)), [true, true]);
    owner.signal("SIGKILL");
    await owner.ended;
    await eventually(() => !pids.some((pid) => isAlive(pid)));
  });
}
