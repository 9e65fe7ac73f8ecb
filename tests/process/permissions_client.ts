// Uses all of ./process and ./counter, and tells with which error a call is refused.

import process from "node:process";
import { openCounter } from "../../src/counter/mod.ts";
import {
  identify,
  isAlive,
  isCi,
  kill,
  onStopRequest,
  sendSignal,
  signalName,
  signalNumber,
  signals,
  stop,
  terminate,
  waitForExit,
  which,
} from "../../src/process/mod.ts";

const [target = "", name = ""] = process.argv.slice(2);
const pid = Number(target);

const uses: Record<string, () => unknown> = {
  nothingElse: () => Deno.permissions.querySync({ name: "read" }).state !== "granted",
  identify: () => identify(pid)?.pid === pid,
  isAlive: () => isAlive(pid),
  sendSignal: () => sendSignal(pid, 0),
  waitForExit: () =>
    waitForExit(pid, { timeout: 1 }).catch((error) => named(error, "TimeoutError")),
  signals: () => signals().every((signal) => signalName(signalNumber(signal) ?? 0) === signal),
  isCi: () => isCi({ CI: "1" }),
  which: () => which("sh", { path: "/bin" }) === "/bin/sh",
  stop: async () => await stop(pid) === "terminated",
  terminate: () => !terminate(pid),
  kill: () => !kill(pid),
  onStopRequest: () => onStopRequest(() => {})[Symbol.dispose]() === undefined,
  counter: async () => {
    using counter = openCounter(name);
    await counter.lock();
    const other = openCounter(name);
    await other.lock({ timeout: 1 }).catch((error) => named(error, "TimeoutError"));
    counter.unlock();
    const counts = [counter.acquire(), counter.count(), counter.release()];
    await counter.waitForZero();
    return `${counts}` === "1,1,0" && counter.tryLock();
  },
};

function named(error: unknown, expected: string): boolean {
  if (error instanceof Error && error.name === expected) return true;
  throw error;
}

for (const [use, body] of Object.entries(uses)) {
  try {
    console.log(use, await body());
  } catch (error) {
    console.log(use, error instanceof Error ? `${error.name}: ${error.message}` : error);
  }
}
console.log("end");
