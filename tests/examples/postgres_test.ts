import { assert, assertEquals, assertMatch } from "@std/assert";
import { existsSync } from "node:fs";
import { OWN, type Program, start, test } from "../harness/mod.ts";
import { PostgresLog } from "./postgres_log.ts";

const EXAMPLE = new URL("../../examples/postgres.ts", import.meta.url);
const CLIENT = new URL("./postgres_client.ts", import.meta.url);
const GONE = 1000;

for (const runtime of OWN) {
  test(`examples/postgres.ts runs alone in ${runtime} and leaves no data`, async () => {
    using log = new PostgresLog();
    await using program = start(runtime, EXAMPLE, { env: log.env });
    assertMatch(await program.line(), /^Postgres on port \d+, shared by 1/);
    assertEquals(await program.ended, 0);
    assertEquals(log.starts(), 1);
    await log.shutDown(0);
  });

  test(`three Deno and three Bun processes share one Postgres until kill -9 of the last, in ${runtime}`, async () => {
    using log = new PostgresLog();
    await using clients = new AsyncDisposableStack();
    const join = (name: typeof runtime): Program =>
      clients.use(start(name, CLIENT, { env: log.env }));
    const last = join(runtime);
    const others = ["deno", "bun", "deno", "bun", runtime === "deno" ? "bun" : "deno"] as const;
    const programs = [last, ...others.map(join)];

    const found = await Promise.all(programs.map((program) => program.line()));
    assertEquals(new Set(found).size, 1, `several servers: ${found}`);
    assertEquals(log.starts(), 1);

    for (const program of programs.slice(1)) program.tell("release");
    const ends = await Promise.all(programs.slice(1).map(({ ended }) => ended));
    assertEquals(ends, [0, 0, 0, 0, 0]);
    assert(existsSync(log.data), "Postgres has gone before its last client");

    last.signal("SIGKILL");
    await last.ended;
    await log.shutDown(GONE);
    assertEquals(log.starts(), 1);
  });
}
