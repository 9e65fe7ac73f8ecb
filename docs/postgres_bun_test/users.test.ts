import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";

const sql = new SQL(process.env["DATABASE_URL"] ?? "");

beforeAll(async () => {
  await sql`create table users (id serial primary key, name text unique not null)`;
});
afterAll(() => sql.end());

test("users are numbered", async () => {
  const users = await sql`insert into users (name) values ('Ada'), ('Grace') returning id`;
  expect([...users]).toEqual([{ id: 1 }, { id: 2 }]);
});
