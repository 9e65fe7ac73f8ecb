// What the system refuses to the poller is told to those who wait, and not for ever.

import { assertEquals, assertMatch } from "@std/assert";
import { RUNTIMES, start, test } from "../harness/mod.ts";
import { traced } from "../process/traced.ts";

const CLIENT = new URL("./polled_client.ts", import.meta.url);
const REFUSALS: readonly [string, RegExp, readonly string[]][] = [
  [
    "no descriptor is left for the bell",
    /^SystemError: eventfd: EMFILE/,
    ["-e", "inject=eventfd2:error=EMFILE"],
  ],
  [
    "poll() fails",
    /^SystemError: poll: ENOMEM/,
    ["-f", "-e", "inject=?poll,?ppoll:error=ENOMEM"],
  ],
];

for (const runtime of RUNTIMES) {
  for (const [what, told, trace] of REFUSALS) {
    test(`${what}: the wait rejects, and the next ones are as ever (${runtime})`, async () => {
      await using client = start(runtime, CLIENT);
      assertEquals(await client.line(), "up");
      {
        await using _ = await traced(client.pid, trace);
        client.tell("wait");
        assertMatch(await client.line(), told);
      }
      for (let round = 0; round < 2; round++) {
        client.tell("wait");
        assertEquals(await client.line(), "true,false");
      }
    });
  }
}
