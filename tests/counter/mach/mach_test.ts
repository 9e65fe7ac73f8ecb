// The conformance suite on Mach send rights, with real processes on a simulated kernel.

import { assertEquals } from "@std/assert";
import process from "node:process";
import { openCounter } from "../../../src/counter/mod.ts";
import { refCounterConformance } from "../../conformance/ref_counter.ts";
import { Client } from "../../conformance/ref_counter/clients.ts";
import { start, temporaryDirectory, test, uniqueName } from "../../harness/mod.ts";

const directory = temporaryDirectory();
process.on("exit", () => directory[Symbol.dispose]());
const path = `${directory.path}/kernel`;
const runtime = "Bun" in globalThis ? "bun" : "deno";
const server = start(runtime, new URL("./server.ts", import.meta.url), { args: [path] });
assertEquals(await server.line(), "ready");
process.env["PROCREF_SIMULATED_MACH"] = path;
await import("./install.ts");

refCounterConformance("mach");

test("one process can hold more references than a semaphore counts", async () => {
  using counter = openCounter(uniqueName("many"), { backend: "mach" });
  await using client = await Client.start("bun", counter);
  assertEquals([await client.ask("acquire 400"), counter.acquire()], [400, 401]);
  await client.crash();
  assertEquals(counter.release(), 0);
});
