// A client of a command service whose program also launches a process in a session of its own. Only with `ready`
// as its last argument is the program ever ready.

import process from "node:process";
import { createInterface } from "node:readline";
import { commandService } from "@procref/procref/service";

const [, , name = "", path = "", mark = "", ready = "never"] = process.argv;
const [variable = "", value = ""] = mark.split("=");

const service = commandService(name, {
  directory: `${path}/records`,
  command: ["sh", "-c", "setsid sleep 1000 & echo ready; exec sleep 1000"],
  env: { [variable]: value },
  ready: { line: ready },
});

console.log("up");
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(`acquired ${(await service.acquire()).pid}`);
}
