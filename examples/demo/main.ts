// Five processes of two runtimes share one HTTP server. They come, they go, they crash; the kernel counts.

import { readFileSync } from "node:fs";
import process from "node:process";
import { identify, isAlive, type ProcessIdentity, waitForExit } from "@procref/procref/process";
import { ClientProcess } from "./client_process.ts";
import { demo } from "./service.ts";

const colourful = process.stdout.isTTY && !process.env["NO_COLOR"];
const begin = performance.now();

function paint(code: number, text: string): string {
  return colourful ? `\x1b[${code}m${text}\x1b[0m` : text;
}

/** One line: when, who, what, and the count as the kernel has it now. */
function tell(who: string, what: string): void {
  const time = `${((performance.now() - begin) / 1000).toFixed(2)} s`;
  const count = demo.count();
  const bar = paint(32, "#".repeat(count)) + paint(90, ".".repeat(5 - count));
  console.log(`${time.padStart(8)}  ${who.padEnd(15)}  ${bar} ${count}  ${what}`);
}

/** The ids of all semaphore sets of this machine (proc(5)). */
function semaphoreSets(): string[] {
  const lines = readFileSync("/proc/sysvipc/sem", "utf8").trim().split("\n").slice(1);
  return lines.map((line) => line.trim().split(/\s+/)[1] ?? "");
}

/** Time for an eye to follow; a pipe needs none, unless it is asked for. */
async function breathe(): Promise<void> {
  const watched = process.stdout.isTTY || process.argv.includes("--slowly");
  if (watched) await new Promise((resolve) => setTimeout(resolve, 500));
}

console.log(paint(1, "procref: five processes, two runtimes, one HTTP server"));
console.log("\n    time  who              count    what happens");

const setsBefore = semaphoreSets();
let ourSets: string[] = [];
let service: ProcessIdentity | undefined;
const clients: ClientProcess[] = [];
for (const runtime of ["deno", "bun", "deno", "bun", "bun"] as const) {
  const client = new ClientProcess(runtime);
  const { started, service: info, answer } = await client.greeting();
  clients.push(client);
  if (started) {
    service = identify(info.pid);
    ourSets = semaphoreSets().filter((set) => !setsBefore.includes(set));
  }
  const how = started
    ? `starts the server (pid ${info.pid}, port ${info.port})`
    : "uses the server";
  tell(`${runtime} ${client.pid}`, `comes and ${how}: "${answer}"`);
  await breathe();
}

const { guardian, holders } = await demo.status();
if (service === undefined || guardian === undefined) throw new Error("Nothing was started");
tell(`guardian ${guardian.pid}`, `a sleeping sh; ${holders.length} processes hold its pipe`);
await breathe();

const [first, second, third, fourth, last] = clients;
await first?.leave();
tell(`deno ${first?.pid}`, "leaves; it was the one that started the server, which stays");
await breathe();
await second?.crash();
tell(`bun ${second?.pid}`, paint(31, "kill -9") + ": the kernel counts it off");
await breathe();
await third?.leave();
tell(`deno ${third?.pid}`, "leaves");
await breathe();
await fourth?.leave();
tell(`bun ${fourth?.pid}`, "leaves");
await breathe();

const ended = waitForExit(service).then(() => performance.now());
const killed = performance.now();
await last?.crash();
const took = (await ended - killed).toFixed(0);
await waitForExit(guardian);
tell(`bun ${last?.pid}`, paint(31, "kill -9") + ": it was the last one");
tell(`server ${service.pid}`, paint(1, `stopped by the guardian, ${took} ms after that kill -9`));

const { state } = await demo.status();
const left = [
  ["server process", isAlive(service)],
  ["guardian process", isAlive(guardian)],
  ["semaphore set", semaphoreSets().some((set) => ourSets.includes(set))],
  ["record of the service", state !== "absent"],
] as const;
console.log("\nLeft behind:");
for (const [what, there] of left) {
  console.log(`  ${what.padEnd(22)} ${there ? paint(31, "STILL THERE") : paint(32, "none")}`);
}
process.exit(left.some(([, there]) => there) ? 1 : 0);
