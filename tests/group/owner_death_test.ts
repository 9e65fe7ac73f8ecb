import { assertEquals, assertLessOrEqual } from "@std/assert";
import type { Mechanism } from "@procref/procref/group";
import { eventually, linuxTest, type RuntimeName, RUNTIMES, start, test } from "../harness/mod.ts";
import { HELD, newTag, survivors, type Trick, TRICKS } from "./trees.ts";

// Ten times the 250 ms that are promised: the bound itself is the benchmark's.
const BOUND = 2500;

const DEATHS = ["exit", "end", "throw", "SIGTERM", "SIGINT", "SIGKILL"] as const;

/** Lets an owner stand up trees, ends it, and returns how long they outlived it. */
async function outlived(
  runtime: RuntimeName,
  mechanism: Mechanism,
  death: typeof DEATHS[number],
  tricks: readonly Trick[],
): Promise<number> {
  const trees = tricks.map((trick) => ({ trick, tag: newTag() }));
  const tags = trees.map(({ tag }) => tag);
  const args = [mechanism, ...trees.map(({ trick, tag }) => `${trick}=${tag}`)];
  await using owner = start(runtime, new URL("./owner.ts", import.meta.url), { args });
  assertEquals(await owner.line(), "standing");
  await eventually(() => survivors(tags, [owner.pid]).length >= 2 * tricks.length);
  if (death === "exit" || death === "end" || death === "throw") owner.tell(death);
  else owner.signal(death);
  await owner.ended;
  const died = performance.now();
  // Its death is seen through its standard error too, which the trees hold as well: so count from where we are.
  await eventually(() => survivors(tags).length === 0, 30_000);
  return performance.now() - died;
}

for (const runtime of RUNTIMES) {
  for (const death of DEATHS) {
    linuxTest(`${runtime}: a tree in a cgroup is gone after its owner's ${death}`, async () => {
      const time = await outlived(runtime, "cgroup_v2", death, ["session", "deaf"]);
      assertLessOrEqual(time, BOUND);
    });

    test(`${runtime}: a tree in process groups is gone after its owner's ${death}`, async () => {
      const time = await outlived(runtime, "process_group", death, HELD);
      assertLessOrEqual(time, BOUND);
    });
  }
}

for (const runtime of RUNTIMES) {
  test(`${runtime}: children that dropped the mark go by the guardian's list`, async () => {
    const tags = Array.from({ length: 5 }, newTag);
    await using owner = start(runtime, new URL("./unmarked.ts", import.meta.url), { args: tags });
    assertEquals(await owner.line(), "standing");
    await eventually(() => survivors(tags, [owner.pid]).length === tags.length);
    owner.signal("SIGKILL");
    await owner.ended;
    await eventually(() => survivors(tags).length === 0, BOUND);
  });
}

linuxTest("50 trees of escape artists: none outlives its SIGKILLed owner", async () => {
  // One burst of 500 in each runtime; the others in equal parts.
  const cheap = TRICKS.filter((trick) => trick !== "burst");
  const tricks = Array.from({ length: 24 }, (_, index) => cheap[index % cheap.length] ?? "deaf");
  for (const runtime of RUNTIMES) {
    const time = await outlived(runtime, "cgroup_v2", "SIGKILL", [...tricks, "burst"]);
    assertLessOrEqual(time, BOUND);
  }
});
