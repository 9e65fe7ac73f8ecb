// What the first group of a process meets: its argument says what comes before its first child, or beside it.

import process from "node:process";
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { ProcessGroup, type SharedChild } from "../../src/group/mod.ts";

const group = await ProcessGroup.create({ mechanism: "cgroup_v2" });

async function succeeds(child: SharedChild): Promise<boolean> {
  return (await child.wait()).success;
}

/** The group's directory, found as anybody would. */
function directory(): string {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) =>
    line.split(" ")
  );
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  const found = mounts.filter(([, , type]) => type === "cgroup2")
    .map(([, point = ""]) => own === "/" ? point : point + own)
    .flatMap((root) => readdirSync(root).map((name) => `${root}/${name}`))
    .find((path) => path.includes(`/procref-${process.pid}-`));
  return found ?? "";
}

const ways: Record<string, () => Promise<unknown[]>> = {
  async suspended() {
    await group.suspend();
    const child = await group.spawn("true");
    const inside = group.members().includes(child.pid);
    await group.resume();
    return [inside, await succeeds(child)];
  },

  async killed() {
    const spawning = group.spawn("sleep", { args: ["60"] });
    await group.killAll();
    const child = await spawning;
    await group.killAll();
    return [(await child.wait()).signal, await succeeds(await group.spawn("true"))];
  },

  async vanished() {
    rmdirSync(directory());
    const code = await group.spawn("true").then(() => "started", (error) => error.code);
    await using other = await ProcessGroup.create({ mechanism: "cgroup_v2" });
    return [code, await succeeds(await other.spawn("true"))];
  },
};

const found = await ways[process.argv[2] ?? ""]?.();
await group[Symbol.asyncDispose]();
console.log(JSON.stringify(found));
