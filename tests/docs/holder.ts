// Takes a lock, says so, and holds on.

import process from "node:process";
import { Mutex } from "@procref/procref/sync";

await Mutex.open(process.argv[2] ?? "").lock();
console.log("locked");
process.stdin.resume();
