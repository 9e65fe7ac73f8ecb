import "./warm.ts";
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { platform } from "../../ffi/platform.ts";
import { HELD, newTag, survivors, TRICKS } from "../group/trees.ts";
import { eventually, RUNTIMES, start, test } from "../harness/mod.ts";

// Ten times the 250 ms that are promised for groups.
const BOUND = 2500;
// Nothing gets out of a cgroup.
const HOPELESS = platform === "linux" ? TRICKS.filter((trick) => trick !== "burst") : HELD;

for (const runtime of RUNTIMES) {
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    test(`${runtime}: no command outlives the ${signal} of who runs it, whatever it does`, async () => {
      const trees = HOPELESS.map((trick) => ({ trick, tag: newTag() }));
      const tags = trees.map(({ tag }) => tag);
      const args = trees.map(({ trick, tag }) => `${trick}=${tag}`);
      await using owner = start(runtime, new URL("./owner.ts", import.meta.url), { args });
      assertEquals(await owner.line(), "standing");
      await eventually(() => survivors(tags, [owner.pid]).length >= 2 * tags.length);
      owner.signal(signal);
      await owner.ended;
      const died = performance.now();
      await eventually(() => survivors(tags).length === 0, 30_000);
      assertLessOrEqual(performance.now() - died, BOUND);
    });
  }
}
