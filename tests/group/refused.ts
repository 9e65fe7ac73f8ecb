// An owner without CAP_KILL: one member is another user's, and may not be signalled. Its arguments: the mechanism, and
// that member.

import process from "node:process";
import { readdirSync, readFileSync } from "node:fs";
import { type Mechanism, ProcessGroup, SharedChild } from "../../src/group/mod.ts";
import { identify } from "../../src/process/mod.ts";

const [mechanism = "", pid = "", startTime = ""] = process.argv.slice(2);

const errnoOf = (call: () => unknown) =>
  Promise.resolve().then(call).then(() => 0, (error) => error.errno ?? String(error));
const sleeper = () => SharedChild.spawn("sleep", { args: ["60"] });
const endOf = async (child: SharedChild) =>
  (await child.wait({ timeout: 1000 }).catch(() => child.kill())) === true
    ? "spared"
    : child.tryWait()?.signal;

/** A group with the foreign member, and after it one of its own user's. */
async function make(): Promise<{ group: ProcessGroup; own: SharedChild }> {
  const group = await ProcessGroup.create({
    mechanism: mechanism as Mechanism,
    shutdownTimeout: 50,
  });
  await group.adopt({ pid: Number(pid), startTime });
  const own = sleeper();
  const identity = identify(own.pid);
  if (identity !== undefined) await group.adopt(identity);
  return { group, own };
}

const signalled = await make();
const signal = await errnoOf(() => signalled.group.signal("SIGUSR1"));
const one = await endOf(signalled.own);
const descriptors = () => readdirSync("/proc/self/fd").length;
const before = descriptors();
for (let count = 0; count < 20; count++) {
  await errnoOf(() => signalled.group.signal("SIGUSR1"));
}
const leaked = descriptors() - before >= 20;

const ended = await make();
const shutdown = await errnoOf(() => ended.group.shutdown());
const other = await endOf(ended.own);
for (const { group } of [signalled, ended]) await errnoOf(() => group[Symbol.asyncDispose]());

const guardians = readdirSync("/proc").filter((entry) => {
  try {
    const status = readFileSync(`/proc/${entry}/status`, "utf8");
    return status.includes(`PPid:\t${process.pid}\n`) && !status.includes("State:\tZ") &&
      readFileSync(`/proc/${entry}/cmdline`, "utf8").includes("procref-guardian");
  } catch {
    return false;
  }
}).length;

console.log(JSON.stringify({ signal, one, leaked, shutdown, other, guardians }));
