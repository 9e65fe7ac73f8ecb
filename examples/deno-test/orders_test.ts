import { assertEquals, assertRejects } from "@std/assert";
import { sql } from "./database.ts";

Deno.test.beforeAll(async () => {
  await sql`create table orders (item text not null, price int not null check (price > 0))`;
});

Deno.test("orders are summed up", async () => {
  await sql`insert into orders values ('tea', 3), ('cake', 4)`;
  const [total] = await sql`select sum(price)::int as price from orders`;
  assertEquals({ ...total }, { price: 7 });
});

Deno.test("nothing is for free", async () => {
  const gift = () => sql`insert into orders values ('gift', 0)`;
  await assertRejects(gift, Error, "orders_price_check");
});
