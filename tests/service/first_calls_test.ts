// What a first call loads, others may ask for while it is being loaded.

import { assertEquals } from "@std/assert";
import { writeFileSync } from "node:fs";
import { OWN, start, temporaryDirectory, test } from "../harness/mod.ts";

const PROGRAM = new URL("./first_calls.ts", import.meta.url);

for (const runtime of OWN) {
  for (const kind of ["acquire", "command", "look", "stop", "file", "run", "daemon", "each"]) {
    test(`the first calls of a ${runtime} process may come at once: ${kind}`, async () => {
      using directory = temporaryDirectory();
      const services = { first: { command: ["sleep", "1000"] } };
      writeFileSync(`${directory.path}/procref.json`, JSON.stringify({ services }));
      await using program = start(runtime, PROGRAM, { args: [kind, directory.path] });
      for (let call = 0; call < (kind === "each" ? 7 : 6); call++) {
        assertEquals(await program.line(), "fine");
      }
      assertEquals(await program.ended, 0);
    });
  }
}
