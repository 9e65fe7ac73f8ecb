// child_spawn.ts native|option|group|group-sh BALLAST: starts and waits for /bin/true, through the runtime's own API,
// with Bun's `cgroup` option alone, in a group, or in a group with a launcher. BALLAST: bytes of memory that this process
// holds meanwhile.

import { mkdirSync, rmdirSync } from "node:fs";
import process from "node:process";
import { locate, sources } from "../../src/group/linux/locate.ts";
import { ProcessGroup } from "../../src/group/mod.ts";
import { answer } from "./lines.ts";

const [, , way = "", ballast = "0"] = process.argv;

const memory = new Uint8Array(Number(ballast));
for (let at = 0; at < memory.length; at += 4096) memory[at] = 1;

interface BunApi {
  spawn(command: string[], options: object): { exited: Promise<number> };
}

const { Bun } = globalThis as unknown as { Bun?: BunApi };
const stdio = { stdin: "ignore", stdout: "ignore", stderr: "ignore" };

async function native(): Promise<void> {
  if (Bun) await Bun.spawn(["/bin/true"], stdio).exited;
  else {await new Deno.Command("/bin/true", { stdin: "null", stdout: "null", stderr: "null" })
      .spawn().status;}
}

await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
// After a kill nobody is born inside any more: the launcher's turn, in Bun as in Deno.
if (way === "group-sh") await group.killAll();

async function contained(): Promise<void> {
  const child = await group.spawn("/bin/true", { stdin: "null", stdout: "null", stderr: "null" });
  await child.wait();
}

/** A cgroup of our own, empty. */
function makeCgroup(): string {
  const place = locate(sources(process.pid));
  if (typeof place === "string") throw new Error(place);
  const directory = `${place.directory}/procref-bench-${process.pid}`;
  mkdirSync(directory);
  return directory;
}

const cgroup = way === "option" ? makeCgroup() : "";

async function option(): Promise<void> {
  await Bun?.spawn(["/bin/true"], { ...stdio, env: process.env, cgroup }).exited;
}

const run = { native, option }[way] ?? contained;
for (let count = 0; count < 10; count++) await run();

await answer(async (line) => {
  const count = Number(line);
  const begin = performance.now();
  for (let index = 0; index < count; index++) await run();
  return String((performance.now() - begin) / count + 0 * (memory[0] ?? 0));
});
if (cgroup !== "") rmdirSync(cgroup);
