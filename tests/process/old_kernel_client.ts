// Waits for a process, in vain and then until it has ended; says after each step what came of it.

import process from "node:process";
import { createInterface } from "node:readline";
import { identify, sendSignal, waitForExit } from "../../src/process/mod.ts";

const pid = Number(process.argv[2]);
const identity = identify(pid) ?? pid;

console.log(sendSignal(identity, 0) ? "there" : "gone");
const waiting = waitForExit(identity, { timeout: 100 });
console.log(await waiting.then(() => "gone", (error: Error) => error.name));
const ended = waitForExit(identity).then(() => console.log("ended"));
console.log("waiting");
await ended;
for await (const _ of createInterface({ input: process.stdin })) break;
