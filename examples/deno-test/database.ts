// What the test files import. Deno gives each of them a realm of its own, with --parallel a thread as well, so this
// runs once per file. Whichever comes first starts Postgres; it goes when `deno test` has ended.
//
//   deno test --allow-all examples/deno-test
//   deno test --allow-all --parallel examples/deno-test

import { sharedFixture } from "@procref/procref/testing";
import postgres, { connect } from "../postgres.ts";

const handle = await sharedFixture(postgres);

/** A name that no other file has. */
export const database = `file_${crypto.randomUUID().replaceAll("-", "")}`;

// A database for each file, so that none sees the tables of another. There is no need to drop it: it goes with the
// server.
const admin = connect(handle);
await admin`create database ${admin(database)}`;
await admin.end();

/** This file's database. */
export const sql = connect(handle, database);

Deno.test.afterAll(() => sql.end());
