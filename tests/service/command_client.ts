// A client of a command service whose program also launches a process in a session of its own. Only with `ready`
// as an argument is the program ever ready. With a file as well it launches nothing, writes its pid there and drops its
// environment.

import process from "node:process";
import { createInterface } from "node:readline";
import { commandService } from "@procref/procref/service";

const [, , name = "", path = "", mark = "", ready = "never", file = ""] = process.argv;
const [variable = "", value = ""] = mark.split("=");

const script = file === ""
  ? "setsid sleep 1000 & echo ready; exec sleep 1000"
  : `echo $$ >"$0"; echo ready; exec env -i sleep 1000`;

const service = commandService(name, {
  directory: `${path}/records`,
  command: ["sh", "-c", script, file],
  env: { [variable]: value },
  ready: { line: ready },
});

console.log("up");
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(`acquired ${(await service.acquire()).pid}`);
}
