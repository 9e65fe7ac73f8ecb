// Runs before the tests: once in a plain run, once per file under --isolate and --parallel. Whichever comes first
// starts Postgres; all of them share it, and it goes when the last of the runner's processes has ended.
//
//   bun test
//   bun test --parallel

import { sharedFixture } from "@procref/procref/testing";
import { env, pid } from "node:process";
import postgres, { connect } from "../postgres.ts";

const handle = await sharedFixture(postgres);

// A database for each worker, so that none sees the tables of another. There is no need to drop it: it goes with
// the server.
const database = `worker_${pid}`;
const sql = connect(handle);
const [there] = await sql`select from pg_database where datname = ${database}`;
if (there === undefined) await sql`create database ${sql(database)}`;
await sql.end();

env["DATABASE_URL"] = `postgres://postgres@127.0.0.1:${handle.port}/${database}`;
