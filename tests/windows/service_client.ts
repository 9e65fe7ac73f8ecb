// A client of a service. Its first arguments say which, and how it starts; each line on its standard input acquires
// (and is answered with the pid) or releases.

import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import {
  commandService,
  type ServiceHandle,
  type ServiceInfo,
  SharedService,
} from "@procref/procref/service";
import { SLEEPER } from "../service/sleeper.ts";
import { asked, script } from "./programs.ts";

const [, , name = "", directory = "", how = "", after = ""] = process.argv;

function launch(): ServiceInfo {
  const tree = script("tree");
  const [program, args] = how === "tree" ? [tree.program, tree.args] : SLEEPER;
  const child = spawn(program, [...args], { stdio: "ignore", detached: how !== "attached" });
  child.unref();
  appendFileSync(`${directory}/events`, `service ${child.pid}\n`);
  return { pid: child.pid ?? 0 };
}

const place = { directory: `${directory}/records` };

function defined(): SharedService {
  if (how === "command") {
    const { program, args } = script("tree");
    const ready = { line: after === "hangs" ? "never" : /^\d+/ };
    return commandService(name, { ...place, command: [program, ...args], ready });
  }
  if (how === "asked") {
    const { program, args } = asked("listens", `${directory}/asked`);
    const options = JSON.parse(after);
    return commandService(name, {
      ...place,
      command: [program, ...args],
      ready: { line: "ready" },
      ...options,
    });
  }
  return new SharedService(name, {
    ...place,
    onFirstAcquire: () => after === "hangs" ? (launch(), new Promise(() => {})) : launch(),
  });
}

const service = defined();
const handles: ServiceHandle[] = [];
// Holds this process while a start hangs.
setInterval(() => {}, 1000);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "release") {
    await handles.pop()?.release();
    console.log("released");
  } else {
    const handle = await service.acquire();
    handles.push(handle);
    console.log(`acquired ${handle.pid}`);
  }
}
process.exit();
