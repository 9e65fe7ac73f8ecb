// A service of callbacks. Whoever imports this module shares one table:
//
//   import table from "./table.ts";
//   await using handle = await table.acquire();
//   await fetch(`http://127.0.0.1:${handle.port}/greeting`, { method: "PUT", body: "hello" });

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { stop } from "@procref/procref/process";
import { type ServiceInfo, SharedService } from "@procref/procref/service";

const file = process.env["TABLE"] ?? "/tmp/my-project-table.json";
const runtime = "Bun" in globalThis ? ["run"] : ["run", "--allow-all", "--no-config"];

/** Starts the server, which prints its port. */
async function start(signal: AbortSignal): Promise<ServiceInfo> {
  const script = fileURLToPath(new URL("./server.ts", import.meta.url));
  const server = spawn(process.execPath, [...runtime, script, file], {
    detached: true, // or a Ctrl-C in the terminal would end it as well
    stdio: ["ignore", "pipe", "ignore"],
    signal,
  });
  const [port] = await once(createInterface(server.stdout), "line", { signal });
  server.stdout.destroy();
  server.unref();
  return { pid: server.pid ?? 0, port: Number(port) };
}

function request({ port }: ServiceInfo, path: string, method: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/${path}`, { method, signal: AbortSignal.timeout(1000) });
}

export default new SharedService(`table ${file}`, {
  onFirstAcquire: ({ signal }) => start(signal),

  // At every acquire but the first. A server that hangs is as good as none.
  onHealthCheck: async (info) => (await request(info, "", "GET")).ok,

  // When the check has failed: nobody need ask politely what doesn't answer.
  async onRecover(info, { signal }) {
    await stop(info.pid, { timeout: 0 });
    return await start(signal);
  },

  // By the last one out. If that one was killed, the guardian imports this module and does it.
  async onLastRelease(info) {
    await request(info, "quit", "POST");
  },
  module: import.meta.url,
});
