import { assertEquals, assertRejects } from "@std/assert";
import { sql } from "./database.ts";

Deno.test.beforeAll(async () => {
  await sql`create table users (id serial primary key, name text unique not null)`;
});

Deno.test("users are numbered", async () => {
  const users = await sql`insert into users (name) values ('Ada'), ('Grace') returning id`;
  assertEquals(users.map(({ id }) => id), [1, 2]);
});

Deno.test("a name is taken once", async () => {
  const again = () => sql`insert into users (name) values ('Ada')`;
  await assertRejects(again, Error, "users_name_key");
});
