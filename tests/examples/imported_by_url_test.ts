import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { isAlive, waitForExit } from "../../src/process/mod.ts";
import { temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { DENO, startClient } from "./client_process.ts";

const ROOT = new URL("../../", import.meta.url);
const PUBLISHED = /^(mod\.ts|(ffi|src|node_modules\/deno-std)\/[\w/.]+\.(ts|js))$/;
const MSGPACK = "node_modules/deno-std/msgpack/mod.js";
const GONE = 1000;

test("the service of a client that imported procref by URL goes with kill -9 of it", async () => {
  using directory = temporaryDirectory();
  await using site = await serve();
  const script = `${directory.path}/client.ts`;
  const source = readFileSync(new URL("./client.ts", import.meta.url), "utf8");
  writeFileSync(script, source.replace("@procref/procref", `${site.url}mod.ts`));
  const map = `${directory.path}/import_map.json`;
  writeFileSync(map, JSON.stringify({ imports: { "@std/msgpack": site.url + MSGPACK } }));

  const flags = ["--allow-all", "--quiet", "--no-config", "--no-lock", `--import-map=${map}`];
  const command = [DENO, "run", ...flags, script, uniqueName("by url")] as const;
  await using client = await startClient(command, { DENO_DIR: `${directory.path}/cache` });
  const pid = Number(client.line);
  assertEquals(isAlive(pid), true);
  // Neither the site nor the cache is needed for the stop.
  await site[Symbol.asyncDispose]();
  await client.kill();
  await waitForExit(pid, { timeout: GONE });
});

/** Serves this checkout as a registry would. */
async function serve(): Promise<{ readonly url: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").slice(1);
    const file = new URL(path, ROOT);
    const found = PUBLISHED.test(path) && existsSync(file);
    const type = path.endsWith(".ts") ? "application/typescript" : "text/javascript";
    response.writeHead(found ? 200 : 404, { "content-type": type, connection: "close" });
    response.end(found ? readFileSync(file) : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It has no port");
  const close = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${address.port}/`, [Symbol.asyncDispose]: close };
}
