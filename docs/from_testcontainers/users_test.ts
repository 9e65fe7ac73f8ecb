import { equal } from "node:assert/strict";
import { test } from "node:test";
import postgres from "postgres";
import { start } from "./postgres.ts";

test("users are in the database", async () => {
  const { uri, stop } = await start();
  const sql = postgres(uri);
  await sql`create temporary table users as select 42 as answer`;
  const [row] = await sql`select answer, pg_postmaster_start_time()::text as started from users`;
  console.log("started", row?.["started"]);
  equal(row?.["answer"], 42);
  await sql.end();
  await stop();
});
