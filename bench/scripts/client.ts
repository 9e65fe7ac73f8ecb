// client.ts DIRECTORY: a whole client, which finds the service running. It loads what such a client needs only.

import { SharedService } from "../../src/service/mod.ts";

const service = new SharedService("bench", {
  directory: argument(),
  onFirstAcquire() {
    throw new Error("The service is not there");
  },
});
const handle = await service.acquire();
await handle.release();

/** The last word of the command line, without node:process: an import that a client need not have. */
function argument(): string {
  const words = "Bun" in globalThis ? globalThis.process.argv : Deno.args;
  return words.at(-1) ?? "";
}
