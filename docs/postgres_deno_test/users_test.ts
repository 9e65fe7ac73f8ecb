import { assertEquals } from "@std/assert";
import { sql } from "./database.ts";

Deno.test("users are numbered", async () => {
  await sql`create table users (id serial primary key, name text unique not null)`;
  const users = await sql`insert into users (name) values ('Ada'), ('Grace') returning id`;
  assertEquals(users.map(({ id }) => id), [1, 2]);
});
