// A web server that is a daemon: under systemd, in a container, or from a shell.
//
//   deno run --allow-ffi --allow-net hello.ts /tmp/hello.pid 8080
//   bun hello.ts /tmp/hello.pid 8080

import { createServer } from "node:http";
import process from "node:process";
import { daemonize } from "@procref/procref/daemon";

const [pidFile = "/run/hello/hello.pid", port = "8080"] = process.argv.slice(2);

// From a shell, the program is started a second time, without the terminal, and what follows happens there only; the
// shell has its prompt again when ready() is called, or the error if that doesn't come. Under systemd and in a
// container, this very process goes on.
const daemon = await daemonize({ pidFile });

let visits = 0;
const server = createServer((_, response) => response.end(`visit ${++visits}\n`));
server.listen(Number(port), "127.0.0.1", () => daemon.ready(`listening on port ${port}`));

// systemctl reload, or kill -HUP
daemon.onReload(() => {
  visits = 0;
});
