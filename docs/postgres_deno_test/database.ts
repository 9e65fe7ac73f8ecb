// What the test files import. `deno test` gives each of them a realm of its own, so this runs once for each. The
// first starts Postgres, all share it, and it is stopped when `deno test` has ended, however it ended.

import { commandService } from "@procref/procref/service";
import { sharedFixture } from "@procref/procref/testing";
import postgres from "postgres"; // npm:postgres

const server = commandService("my-project-postgres", {
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
  ...(Deno.uid() === 0 ? { uid: 65534, gid: 65534 } : {}),
});

const { port } = await sharedFixture(server);
const connect = (database: string) =>
  postgres({ host: "127.0.0.1", port: port ?? 0, database, username: "postgres" });

// A database for each file, so that files which run at the same time don't meet in one table.
const database = `file_${crypto.randomUUID().replaceAll("-", "")}`;
const admin = connect("postgres");
await admin`create database ${admin(database)}`;
await admin.end();

/** This file's database. */
export const sql: postgres.Sql = connect(database);

Deno.test.afterAll(() => sql.end());
