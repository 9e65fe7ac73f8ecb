// The conformance suite on Mach send rights, with real processes on a simulated kernel.

import { assertEquals } from "@std/assert";
import { openCounter } from "../../../src/counter/mod.ts";
import { refCounterConformance } from "../../conformance/ref_counter.ts";
import { Client } from "../../conformance/ref_counter/clients.ts";
import { start, test, uniqueName } from "../../harness/mod.ts";
import { use } from "../install.ts";

const socket = uniqueName("mach");
const runtime = "Bun" in globalThis ? "bun" : "deno";
// It ends with this process, when its standard input does.
const server = start(runtime, new URL("./server.ts", import.meta.url), { args: [socket] });
assertEquals(await server.line(), "ready");
use({ mach: socket });

refCounterConformance("mach");

test("hundreds of references are as exact as one", async () => {
  using counter = openCounter(uniqueName("many"), { backend: "mach" });
  await using client = await Client.start("bun", counter);
  assertEquals([await client.ask("acquire 400"), counter.acquire()], [400, 401]);
  await client.crash();
  assertEquals(counter.release(), 0);
});
