import { afterAll, beforeAll, expect, test } from "bun:test";
import { env } from "node:process";
import postgres from "postgres";

const sql = postgres(env["DATABASE_URL"] ?? "");

beforeAll(async () => {
  await sql`create table users (id serial primary key, name text unique not null)`;
});
afterAll(() => sql.end());

test("users are numbered", async () => {
  const users = await sql`insert into users (name) values ('Ada'), ('Grace') returning id`;
  expect(users.map(({ id }) => id)).toEqual([1, 2]);
});

test("a name is taken once", async () => {
  const again = sql`insert into users (name) values ('Ada')`.execute();
  await expect(again).rejects.toThrow("users_name_key");
});
