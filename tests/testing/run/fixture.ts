// The service of a run: it logs each of its starts, and then only waits. Under Bun this is the preload as well.

import { commandService } from "@procref/procref/service";
import { sharedFixture } from "@procref/procref/testing";
import { env } from "node:process";

const service = commandService(env["RUN_SERVICE"] ?? "", {
  command: ["/bin/sh", "-c", 'echo $$ >>"$RUN_STARTS"; echo ready; exec sleep 600'],
  ready: { line: "ready" },
});

/** Held until this process ends. */
export const handle = await sharedFixture(service);
