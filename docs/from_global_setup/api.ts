// The server that the tests are about.

import { createServer } from "node:http";
import process from "node:process";

createServer(({ url }, response) => response.end(url === "/health" ? "ok" : `I am ${process.pid}`))
  .listen(Number(process.env["PORT"]), "127.0.0.1");
