import { afterAll, beforeAll, expect, test } from "bun:test";
import { SQL } from "bun";

const sql = new SQL(process.env["DATABASE_URL"] ?? "");

beforeAll(async () => {
  await sql`create table orders (item text not null, price int not null)`;
});
afterAll(() => sql.end());

test("orders are summed up", async () => {
  await sql`insert into orders values ('tea', 3), ('cake', 4)`;
  const [total] = await sql`select sum(price)::int as price from orders`;
  expect(total).toEqual({ price: 7 });
});
