// A client of two services: the start of the outer one acquires the inner one. Obeys `acquire` and `release`.

import { spawn, spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { type ServiceHandle, SharedService } from "@procref/procref/service";

const [, , name = "", path = "", how = ""] = process.argv;
const directory = `${path}/records`;
const handles: ServiceHandle[] = [];

function launch(): { pid: number } {
  const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
  child.unref();
  appendFileSync(`${path}/events`, `service ${child.pid}\n`);
  return { pid: child.pid ?? 0 };
}

const inner = new SharedService(name, {
  directory,
  async onFirstAcquire() {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return launch();
  },
});

let begun = () => {};
const outerBegins = new Promise<void>((resolve) => begun = resolve);

const outer = new SharedService(`${name} outer`, {
  directory,
  async onFirstAcquire() {
    begun();
    if (how === "both") await innerEntered();
    handles.push(await inner.acquire());
    const info = launch();
    if (how === "hangs") {
      console.log("inner acquired");
      await new Promise(() => setInterval(() => {}, 1000));
    }
    return info;
  },
});

/** Gives the other acquire of the inner service the time to get ahead, if it can. */
async function innerEntered(): Promise<void> {
  for (let wait = 0; wait < 20 && inner.count() === 0; wait++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function acquire(): Promise<string> {
  const all = [(how === "token" ? inner : outer).acquire({ timeout: 2000 })];
  if (how === "both") await outerBegins;
  if (how === "both") all.push(inner.acquire({ timeout: 2000 }));
  const settled = await Promise.allSettled(all);
  for (const result of settled) if (result.status === "fulfilled") handles.push(result.value);
  const failure = settled.find((result) => result.status === "rejected");
  if (failure !== undefined) return String(failure.reason);
  if (how !== "token") return `acquired ${handles[0]?.pid}`;
  return spawnSync("env", { encoding: "utf8" }).stdout.split("\n")
    .find((line) => line.startsWith("PROCREF_START=")) ?? "no token";
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "acquire") console.log(await acquire());
  if (line !== "release") continue;
  for (const handle of handles.splice(0).reverse()) await handle.release();
  console.log("released");
}
process.exit();
