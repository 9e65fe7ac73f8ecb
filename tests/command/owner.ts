// Runs commands that try to get away, says so, and waits for its end, whichever way. Arguments: TRICK=TAG for each.

import process from "node:process";
import { Command } from "@procref/procref/command";
import { tree, type Trick } from "../group/trees.ts";

const running = await Promise.all(
  process.argv.slice(2).map((argument) => {
    const [trick, tag = ""] = argument.split("=");
    return new Command("sh", { args: tree(trick as Trick, tag) }).start();
  }),
);
await Promise.all(running.map((one) => one.waitForLine("ready")));
console.log("standing");
await Promise.all(running.map((one) => one.wait()));
