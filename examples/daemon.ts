// A web server that is a daemon, with the commands that daemons have.
//
//   deno run -A examples/daemon.ts start        (or: bun examples/daemon.ts start)
//   deno run -A examples/daemon.ts status
//   deno run -A examples/daemon.ts reload       after its log was renamed: it goes on in a new one
//   deno run -A examples/daemon.ts stop
//
// `start` ends when the server listens; if it can't, with a code other than 0 and the server's last words. The same
// file is what a systemd unit runs: with Type=notify it stays the process that systemd has started, with Type=forking
// and PIDFile= it becomes a daemon.

import { createServer } from "node:http";
import process from "node:process";
import { daemonize, daemonStatus, stopDaemon } from "@procref/procref/daemon";
import { sendSignal } from "@procref/procref/process";

const stem = process.env["EXAMPLE_STEM"] ?? `/tmp/procref-example-${process.getuid?.()}`;
const pidFile = `${stem}.pid`;
const port = Number(process.env["PORT"] ?? 8080);

async function start(): Promise<void> {
  const daemon = await daemonize({ pidFile, log: `${stem}.log` });
  // From here on this is the daemon.
  let greeting = "hello";
  const server = createServer((request, response) => {
    console.log(`${request.method} ${request.url}`);
    response.end(`${greeting} from ${daemon.identity.pid}\n`);
  });
  daemon.onReload(() => {
    greeting = "hello again";
  });
  server.listen(port, "127.0.0.1", () => {
    daemon.ready(`Pid ${daemon.identity.pid} listens on http://127.0.0.1:${port}`);
  });
}

async function status(): Promise<void> {
  const { running, pid, stale } = await daemonStatus(pidFile);
  console.log(running ? `Running, pid ${pid}` : stale ? `Pid ${pid} has died` : "Not running");
  // The codes of an init script (LSB).
  process.exitCode = running ? 0 : stale ? 1 : 3;
}

async function reload(): Promise<void> {
  const { running, pid } = await daemonStatus(pidFile);
  if (!running || pid === undefined) throw new Error("Not running");
  sendSignal(pid, "SIGHUP");
}

const [verb] = process.argv.slice(2);
if (verb === "start") await start();
else if (verb === "status") await status();
else if (verb === "reload") await reload();
else if (verb === "stop") console.log(await stopDaemon(pidFile));
else {
  console.error("start, status, reload or stop?");
  process.exitCode = 2;
}
