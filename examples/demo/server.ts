// The service of the demo: a small HTTP server, in whatever runtime the first client is.

import { createServer } from "node:http";
import process from "node:process";

let visits = 0;

createServer((_, response) => response.end(`visit ${++visits}`))
  .listen(Number(process.env["PORT"]), "127.0.0.1");
