// A Postgres with the face of a container: start() gives an address, stop() gives it back.

import process from "node:process";
import { commandService } from "@procref/procref/service";

const postgres = commandService("my-project-test-postgres", {
  // A shell that makes a database cluster, runs it, and takes it away again.
  command: [
    "sh",
    "-c",
    `data=\${TMPDIR:-/tmp}/my-project-test-postgres-$(id -u)
     rm -rf "$data" && trap 'rm -rf "$data"' EXIT
     initdb --pgdata="$data" --username=postgres --auth=trust --no-sync >/dev/null || exit
     postgres -D "$data" -p {port} -h 127.0.0.1 -k '' -c fsync=off &
     trap 'kill -INT $!' INT TERM
     wait $!
     wait $!`,
  ],
  cwd: "/",
  port: "free",
  ready: { line: "database system is ready to accept connections", port: true },
  stop: { signal: "SIGINT" },
  linger: 3000, // milliseconds: the next test file, and the next run, find it warm
  // Postgres refuses to run as root, which is what most containers are: there it runs as "nobody".
  ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
});

/** Starts Postgres, or joins the one that runs. */
export async function start(): Promise<{ uri: string; stop(): Promise<void> }> {
  const handle = await postgres.acquire({ timeout: 60_000 });
  return {
    uri: `postgres://postgres@127.0.0.1:${handle.port}/postgres`,
    stop: () => handle.release(),
  };
}
