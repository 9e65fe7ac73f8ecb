// Holds a pid file until it is killed.

import { spawn } from "node:child_process";
import process from "node:process";
import { LockedError, lockPidFile } from "@procref/procref/daemon";

const [path = "", mode] = process.argv.slice(2);
if (mode === "stubborn") process.on("SIGTERM", () => {});
try {
  lockPidFile(path);
  if (mode === "with-child") console.log(spawn("sleep", ["1000"], { stdio: "ignore" }).pid);
  console.log("locked");
} catch (error) {
  if (!(error instanceof LockedError)) throw error;
  console.log(`refused by ${error.pid}`);
}
setInterval(() => {}, 1000);
