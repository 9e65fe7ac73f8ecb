// Starts a child in a process that gets no pidfds. Its argument: the child's own.

import process from "node:process";
import { SharedChild } from "../../src/child/mod.ts";

try {
  SharedChild.spawn("sleep", { args: [process.argv[2] ?? ""] });
  console.log("started");
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
