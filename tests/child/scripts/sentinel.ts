// What sentinel_test.ts runs as the init of a pid namespace with a small pid_max: short children, each killed at
// about the moment when it ends, and again and again afterwards, while strangers take over their pids.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { SharedChild } from "../../../src/child/mod.ts";

const [children = "10000", pidMax = "", violations = ""] = process.argv.slice(2);
const CONCURRENT = 4;
// More than there are pids: so many that theirs have all been given away again.
const REMEMBERED = 300;

if (readFileSync("/proc/sys/kernel/pid_max", "utf8").trim() !== pidMax) {
  throw new Error("pid_max is not the namespace's own");
}

// Strangers of nobody's: any signal ends one of them before its time, and that is written down.
writeFileSync(violations, "");
const stranger =
  `while :; do sleep 0.01; code=$?; [ $code -eq 0 ] || echo $code >>${violations}; done`;
const strangers = Array.from(
  { length: 4 },
  () => spawn("sh", ["-c", stranger], { stdio: "ignore" }),
);

const pids = new Map<number, number>();
const recent: SharedChild[] = [];
let started = 0;
let killed = 0;

async function run(): Promise<void> {
  while (started < Number(children)) {
    const index = started++;
    const child = SharedChild.spawn("true", { stdin: "null" });
    pids.set(child.pid, (pids.get(child.pid) ?? 0) + 1);
    recent.push(child);
    if (recent.length > REMEMBERED) recent.shift();
    const ended = child.wait();
    // From at once to after the end.
    await new Promise((resolve) => setTimeout(resolve, index % 3));
    if (child.kill()) killed++;
    // Their pids belong to strangers by now, or to nobody.
    for (const old of recent) {
      if (old.tryWait() !== undefined && old.sendSignal("SIGKILL")) {
        throw new Error("a dead child took a signal");
      }
    }
    await ended;
  }
}

await Promise.all(Array.from({ length: CONCURRENT }, run));
for (const each of strangers) each.kill("SIGKILL");
const reused = [...pids.values()].reduce((sum, count) => sum + count - 1, 0);
console.log(JSON.stringify({ started, killed, reused, hit: readFileSync(violations, "utf8") }));
process.exit(0);
