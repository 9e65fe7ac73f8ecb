// A service in a module of its own, as its guardian imports it. The environment says which, and how it stops:
// `NAME DIRECTORY HOW [TIMEOUT]`, in the guardian as in the client.

import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import process from "node:process";
import { type ServiceInfo, SharedService } from "@procref/procref/service";
import { SLEEPER } from "./sleeper.ts";

const [name = "", path = "", how = "", timeout = "5000"] =
  process.env["PROCREF_TEST_MODULE"]?.split("|") ?? [];

function note(event: string): void {
  appendFileSync(`${path}/events`, `${event}\n`);
}

if (how === "throws at import" && process.env["PROCREF_GUARDIAN"] !== undefined) {
  throw new Error("no import today");
}

const service = new SharedService(name, {
  directory: `${path}/records`,
  module: import.meta.url,
  linger: how === "lingers" ? 50 : 0,
  stop: { timeout: Number(timeout) },
  onFirstAcquire() {
    const child = spawn(SLEEPER[0], [...SLEEPER[1]], { stdio: "ignore", detached: true });
    child.unref();
    note(`service ${child.pid}`);
    return { pid: child.pid ?? 0, port: 4711, metadata: { colour: "blue" } };
  },
  async onLastRelease(info: ServiceInfo) {
    const { pid, port, metadata } = info;
    const who = process.env["PROCREF_GUARDIAN"] === undefined ? "client" : "guardian";
    note(`stop ${pid} by ${who} ${port} ${metadata?.["colour"]}`);
    if (how === "throws") throw new Error("no stop today");
    if (how === "hangs") await new Promise(() => setInterval(() => {}, 1000));
    if (how === "leaves") return;
    if (how === "writes elsewhere") elsewhere();
    process.kill(pid, "SIGINT");
  },
});

/** Tries what the client has no permission for. */
function elsewhere(): void {
  try {
    appendFileSync(`${path}/elsewhere`, "");
    note("allowed");
  } catch (error) {
    note(`denied ${error instanceof Error ? error.name : error}`);
  }
}

export default service;
