import "./warm.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { Command, ProcrefError } from "@procref/procref/command";
import { hostContainment } from "@procref/procref/group";
import { OWN_SESSION } from "../group/trees.ts";
import { eventually, test } from "../harness/mod.ts";

const sh = (line: string, options = {}) => Command.shell(line, options);

/** The cgroup that a run is in, as a directory; undefined on a host without. */
async function cgroup(options = {}): Promise<string | undefined> {
  if (hostContainment().mechanism !== "cgroup_v2") return undefined;
  return directoryOf(await sh("cat /proc/self/cgroup", options).run());
}

/** Where a process is, by its /proc/PID/cgroup. */
function directoryOf(text: string): string {
  const [, path = ""] = /^0::(.*)$/m.exec(text) ?? [];
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const point = mounts.find((line) => line.split(" ")[2] === "cgroup2")?.split(" ")[1];
  return `${point}${path}`;
}

const descriptors = () => readdirSync("/proc/self/fd").length;

test("a run is in a cgroup of its own, in another than a run beside it", async () => {
  const [one, other] = await Promise.all([cgroup(), cgroup()]);
  if (one === undefined || other === undefined) return;
  assert(one.includes("/procref-"));
  assert(one !== other, `${one} and ${other}`);
});

test("hundreds of runs, of which some are killed, leave no descriptor and no cgroup", async () => {
  const many = async () => {
    const runs = Array.from(
      { length: 60 },
      (_, index) =>
        index % 3 === 0
          ? sh("exec sleep 600", { timeout: 20 }).output()
          : index % 3 === 1
          ? sh(`${OWN_SESSION}sleep 600 >/dev/null 2>&1 & echo a`).output()
          : sh("echo a").output(),
    );
    const outputs = await Promise.all(runs);
    assertEquals(outputs.filter(({ stdout }) => stdout === "a\n").length, 40);
  };
  const before = descriptors();
  for (let round = 0; round < 4; round++) await many();
  // Those of the cgroups that are kept; the runtimes close theirs a little later.
  await eventually(() => descriptors() <= before + 16);
  const own = await cgroup();
  if (own === undefined) return;
  const root = own.slice(0, own.lastIndexOf("/"));
  const below = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert(below.length <= 16, `${below.length} cgroups`);
});

test("a cgroup that has been removed, or moved into, is not used again", async () => {
  const own = await cgroup();
  if (own === undefined) return;
  // It is empty now, and kept: the shell that removes it is in another one.
  await Promise.all([sh(`sleep 0.05; rmdir ${own}`).output(), sh("sleep 0.05").output()]);
  for (let run = 0; run < 5; run++) assertEquals(await sh("echo a").run(), "a");
});

test("a cgroup that is taken away from a run fails whoever awaits the run, and nobody else", async () => {
  if (hostContainment().mechanism !== "cgroup_v2") return;
  const options = { timeout: 1000, timeoutGrace: 60_000 };
  await using process = await sh("cat /proc/self/cgroup; exec sleep 600", options).start();
  const own = directoryOf(await process.waitForLine("0::"));
  writeFileSync(`${own}/../cgroup.procs`, String(process.pid));
  await eventually(() => isRemoved(own)); // `cat` may be on its way out
  const failing = assertRejects(() => process.output(), ProcrefError);
  // The time is over, and there is no group to send a signal to.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  process.sendSignal("SIGKILL");
  assertEquals((await failing).code, "closed");
});

function isRemoved(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}
