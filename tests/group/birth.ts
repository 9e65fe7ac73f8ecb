// Starts a member of a group whenever it is told to, and says what came of it; then, what is left.

import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import process, { stdin } from "node:process";
import { ProcessGroup } from "../../src/group/mod.ts";

const group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
const mark = `/tmp/procref-birth-${process.pid}`;

async function spawn(output: "null" | "inherit"): Promise<string> {
  const options = {
    args: ["-c", `echo >>${mark}`],
    cwd: "/usr",
    newSession: true,
    stdin: "null",
  } as const;
  const child = await group.spawn("sh", { ...options, stdout: output, stderr: output });
  return (await child.wait()).success ? "ran" : "failed";
}

/** What is open of the kinds that a birth opens; runtimes have more than one descriptor of some. */
function open(): string {
  const targets = readdirSync("/proc/self/fd").map((number) => {
    try {
      return readlinkSync(`/proc/self/fd/${number}`);
    } catch {
      return "";
    }
  });
  const kinds = /^(pipe:|pidfd:|anon_inode:.?pidfd|\/dev\/null|\/sys\/)/;
  return [...new Set(targets.filter((target) => kinds.test(target)))].sort().join();
}

function children(): number {
  return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8")
    .split(" ").filter((pid) => pid !== "" && !isGuardian(pid)).length;
}

function isGuardian(pid: string): boolean {
  return readFileSync(`/proc/${pid}/environ`, "utf8").includes("PROCREF_SUBJECT");
}

/** A descriptor that was polled is closed when nobody polls it any more. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

// The first birth opens what stays.
await spawn("null");
await settled();
rmSync(mark);
let before: string | undefined;
console.log("up");
for await (const line of createInterface({ input: stdin })) {
  before ??= open();
  if (line === "spawn") console.log(await spawn("null").catch(String));
  else if (line === "spawn, output inherited") console.log(await spawn("inherit").catch(String));
  else {
    await settled();
    const same = open() === before ? "the same" : "other";
    const ran = existsSync(mark) ? readFileSync(mark, "utf8").length : 0;
    rmSync(mark, { force: true });
    const more = ran === 1 ? "nothing else" : "something else";
    console.log(`${children()} children, ${same} descriptors, ${more} ran`);
  }
}
await group[Symbol.asyncDispose]();
