import { assertEquals } from "@std/assert";
import { database, sql } from "./database.ts";

Deno.test("each file has a database of its own", async () => {
  const [row] = await sql`select current_database() as name`;
  assertEquals(row?.["name"], database);
});
