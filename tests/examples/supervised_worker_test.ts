import { assertEquals } from "@std/assert";
import { OWN, start, test } from "../harness/mod.ts";

const EXAMPLE = new URL("../../examples/supervised_worker.ts", import.meta.url);

for (const runtime of OWN) {
  test(`examples/supervised_worker.ts survives a crash and a hang in ${runtime}`, async () => {
    await using program = start(runtime, EXAMPLE);
    const done: string[] = [];
    for (let line = ""; !line.startsWith("policy:");) {
      line = await program.line();
      if (line.startsWith("  ")) done.push(line.trim());
      else if (line.startsWith("policy:")) done.push(line);
    }
    assertEquals(await program.ended, 0);
    assertEquals(done, [
      "one is done",
      "two is done",
      "three is done",
      "waiting for a lock that nobody frees",
      "four is done",
      "nothing left to do",
      "policy: 2 restarts, 1 of them because it hung",
    ]);
  });
}
