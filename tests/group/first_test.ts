import { assertEquals } from "@std/assert";
import { RUNTIMES, start, test } from "../harness/mod.ts";

const SCRIPT = new URL("first.ts", import.meta.url);

const PROMISES: readonly (readonly [string, string, readonly unknown[]])[] = [
  ["suspended", "takes a child in while it is suspended", [true, true]],
  ["killed", "goes on after killAll() beside its first spawn()", ["SIGKILL", true]],
  ["vanished", "whose cgroup is removed is closed, and the next one works", ["closed", true]],
];

for (const runtime of RUNTIMES) {
  for (const [way, promise, expected] of PROMISES) {
    test(`${runtime}: the first group of a process ${promise}`, async () => {
      await using program = start(runtime, SCRIPT, { args: [way] });
      assertEquals(JSON.parse(await program.line()), expected);
      assertEquals(await program.ended, 0);
    });
  }
}
