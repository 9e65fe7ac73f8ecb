import { assertEquals } from "@std/assert";
import { asNobody } from "../group/nobody.ts";
import { test } from "../harness/mod.ts";

test("where no cgroup can be made, a run's tree ends with it all the same", async () => {
  const text = await asNobody("tests/command/unprivileged.ts");
  if (text === undefined) return;
  assertEquals(JSON.parse(text), {
    mechanism: "process_group",
    code: 3,
    timedOut: true,
    piped: "a\nb",
    refused: [true, true, true],
    started: false,
    pids: 4,
    survivors: [],
  });
});
