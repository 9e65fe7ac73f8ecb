// A client of the Postgres of the examples: it queries, says what it found, and holds on until it is told to go.

import { once } from "node:events";
import process from "node:process";
import postgres, { connect } from "../../examples/postgres.ts";

const handle = await postgres.acquire();
const sql = connect(handle);
const [row] = await sql`select pg_postmaster_start_time()::text as started`;
await sql.end();
console.log(row?.["started"]);

await once(process.stdin, "data");
await handle.release();
process.exit();
