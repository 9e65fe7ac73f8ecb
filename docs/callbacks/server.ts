// The server: a table in memory. `PUT /name` sets, `GET /name` gets, `POST /quit` saves the table and ends it.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { text } from "node:stream/consumers";

const file = process.argv[2] ?? "table.json";
const table: Record<string, string> = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : {};

const server = createServer(async (request, response) => {
  const name = request.url ?? "/";
  if (request.method === "PUT") table[name] = await text(request);
  if (request.method === "POST") {
    writeFileSync(`${file}.new`, JSON.stringify(table));
    renameSync(`${file}.new`, file);
    response.on("finish", () => process.exit());
  }
  response.end(table[name] ?? "");
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
