import { assertEquals } from "@std/assert";
import { sql } from "./database.ts";

Deno.test("orders are summed up", async () => {
  await sql`create table orders (item text not null, price int not null)`;
  await sql`insert into orders values ('tea', 3), ('cake', 4)`;
  const [total] = await sql`select sum(price)::int as price from orders`;
  assertEquals({ ...total }, { price: 7 });
});
