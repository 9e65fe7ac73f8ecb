// Runs before the tests: in each process that `bun test` consists of, under --isolate before each file. The first to
// come starts Postgres, all share it, and it is stopped when the last of them has ended, however it ended.

import { commandService } from "@procref/procref/service";
import { sharedFixture } from "@procref/procref/testing";
import { SQL } from "bun";

const postgres = commandService("my-project-postgres", {
  // A shell that makes a database cluster, runs it, and takes it away again.
  command: [
    "sh",
    "-c",
    `data=\${TMPDIR:-/tmp}/my-project-postgres-$(id -u)
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
  // Postgres refuses to run as root, which is what most containers are: there it runs as "nobody".
  ...(process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}),
});

const { port } = await sharedFixture(postgres);
const url = `postgres://postgres@127.0.0.1:${port}`;

// A database for each process, so that files which run at the same time don't meet in one table.
const database = `worker_${process.pid}`;
const admin = new SQL(`${url}/postgres`);
const [there] = await admin`select from pg_database where datname = ${database}`;
if (there === undefined) await admin.unsafe(`create database ${database}`);
await admin.end();

process.env["DATABASE_URL"] = `${url}/${database}`;
