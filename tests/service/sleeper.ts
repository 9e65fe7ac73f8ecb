import { platform } from "node:process";

/** A program that sleeps, and its arguments. */
export const SLEEPER: readonly [string, readonly string[]] = platform === "win32"
  ? ["ping.exe", ["-n", "1000", "127.0.0.1"]]
  : ["sleep", ["1000"]];
