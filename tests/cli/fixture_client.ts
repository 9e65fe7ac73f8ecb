// A test process that takes its service by name, from the procref.json of a directory.

import { serviceFromFile } from "@procref/procref/service";
import { sharedFixture } from "@procref/procref/testing";
import process from "node:process";
import { createInterface } from "node:readline";

process.chdir(process.argv[2] ?? "");
const { pid } = await sharedFixture("nap");
console.log(pid, (await serviceFromFile("nap")).count());
await sharedFixture("absent").catch((error) => console.log(error.code, error.message));
for await (const _ of createInterface(process.stdin)) process.exit(0);
