import { afterAll, expect, test } from "bun:test";
import { env, pid } from "node:process";
import postgres from "postgres";

const sql = postgres(env["DATABASE_URL"] ?? "");

afterAll(() => sql.end());

test("each worker has a database of its own", async () => {
  const [row] = await sql`select current_database() as name`;
  expect(row).toEqual({ name: `worker_${pid}` });
});
