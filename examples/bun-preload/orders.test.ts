import { afterAll, beforeAll, expect, test } from "bun:test";
import { env } from "node:process";
import postgres from "postgres";

const sql = postgres(env["DATABASE_URL"] ?? "");

beforeAll(async () => {
  await sql`create table orders (item text not null, price int not null check (price > 0))`;
});
afterAll(() => sql.end());

test("orders are summed up", async () => {
  await sql`insert into orders values ('tea', 3), ('cake', 4)`;
  const [total] = await sql`select sum(price)::int as price from orders`;
  expect(total).toEqual({ price: 7 });
});

test("nothing is for free", async () => {
  const gift = sql`insert into orders values ('gift', 0)`.execute();
  await expect(gift).rejects.toThrow("orders_price_check");
});
