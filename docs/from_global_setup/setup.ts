// What test files import, or a preload does: one API server for the whole run.

import process from "node:process";
import { fileURLToPath } from "node:url";
import { commandService } from "@procref/procref/service";
import { sharedFixture } from "@procref/procref/testing";

const runtime = "Bun" in globalThis
  ? [process.execPath, "run"] as const
  : [process.execPath, "run", "--allow-net", "--allow-env"] as const;

const api = commandService("my-project-api", {
  command: [...runtime, fileURLToPath(new URL("./api.ts", import.meta.url))],
  port: "free", // it finds it in its environment, as PORT
  ready: { http: "http://127.0.0.1:{port}/health", timeout: 30_000 },
});

const { port } = await sharedFixture(api);

/** Where it is. */
export const url = `http://127.0.0.1:${port}`;
