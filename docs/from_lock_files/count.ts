// Adds one to the number in a file. Any number of copies may run at once, and any of them may be killed at any time.
//
//   deno run --allow-ffi --allow-read --allow-write count.ts visits.txt
//   bun count.ts visits.txt

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { Mutex } from "@procref/procref/sync";

const file = resolve(process.argv[2] ?? "count.txt");
using mutex = Mutex.open(file); // any name of up to 255 bytes; nothing is written beside the file
using guard = await mutex.lock({ timeout: 10_000 });

// The one before died while it held the lock: the place to look whether the data are whole. Here they are, because
// the new file replaces the old one in one step.
if (guard.abandoned) console.log("The last holder died at work");

const count = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
writeFileSync(`${file}.new`, `${count + 1}\n`);
renameSync(`${file}.new`, file);
console.log(count + 1);
