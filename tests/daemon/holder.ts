// Holds a pid file until it is killed.

import { spawn } from "node:child_process";
import process from "node:process";
import { LockedError, lockPidFile } from "@procref/procref/daemon";
import { SLEEPER } from "../service/sleeper.ts";

const [path = "", mode] = process.argv.slice(2);
if (mode === "stubborn") process.on("SIGTERM", () => {});
try {
  lockPidFile(path);
  if (mode === "with-child") {
    const [program, args] = SLEEPER;
    console.log(spawn(program, [...args], { stdio: "ignore", detached: true }).pid);
  }
  console.log("locked");
} catch (error) {
  if (!(error instanceof LockedError)) throw error;
  console.log(`refused by ${error.pid}`);
}
setInterval(() => {}, 1000);
