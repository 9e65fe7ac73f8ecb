// Has the table of docs/callbacks: tells the server's pid, then answers each line `GET name` or `PUT name value`, until one says bye.

import process from "node:process";
import { createInterface } from "node:readline";
import table from "../../docs/callbacks/table.ts";

const handle = await table.acquire();
console.log(handle.pid);
for await (const line of createInterface(process.stdin)) {
  if (line === "bye") break;
  const [method = "GET", name = "", body] = line.split(" ");
  const url = `http://127.0.0.1:${handle.port}/${name}`;
  const response = await fetch(url, body === undefined ? { method } : { method, body });
  console.log(`${name}=${await response.text()}`);
}
await handle.release();
process.exit(); // its standard input is still open
