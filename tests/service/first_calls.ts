// A process whose first calls of one kind are made while each other's code is still being loaded. Prints what they came to.

import process from "node:process";
import { Command } from "@procref/procref/command";
import { spawnDaemon } from "@procref/procref/daemon";
import {
  commandService,
  listServices,
  serviceFromFile,
  SharedService,
  stopService,
} from "@procref/procref/service";
import { SLEEPER } from "./sleeper.ts";

const [, , kind = "", directory = ""] = process.argv;
const [program, args] = SLEEPER;
const file = `${directory}/procref.json`;

function service(name: string): SharedService {
  const info = { pid: process.pid };
  return new SharedService(name, { directory, onFirstAcquire: () => info, onLastRelease() {} });
}

async function used(service: SharedService): Promise<string> {
  await using _ = await service.acquire();
  return "used";
}

const KINDS: Readonly<Record<string, (index: number) => Promise<unknown>>> = {
  acquire: (index) => used(service(`first-${index}`)),
  command: (index) =>
    used(commandService(`first-${index}`, { directory, command: [program, ...args] })),
  look: (index) => index % 2 === 0 ? listServices(directory) : service("first").status(),
  stop: () => stopService("first", { directory }),
  file: () => serviceFromFile("first", file),
  run: () => new Command(process.execPath, { args: ["--version"], stdin: { file } }).run(),
  daemon: (index) =>
    spawnDaemon("no such program", { pidFile: `${directory}/${index}.pid` }).catch(({ code }) => {
      if (code === undefined) throw new Error("another error");
    }),
};

const kinds = kind === "each" ? Object.values(KINDS) : new Array(6).fill(KINDS[kind]);
/** Some at once, some a little later. */
const calls = kinds.map(async (call, index) => {
  if (index > 2) await new Promise((resolve) => setTimeout(resolve, index - 3));
  return await call(index);
});
for (const result of await Promise.allSettled(calls)) {
  console.log(result.status === "fulfilled" ? "fine" : String(result.reason));
}
