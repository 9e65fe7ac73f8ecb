import { assertEquals, assertRejects } from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ProcrefError,
  UnsupportedError,
} from "@procref/procref/group";
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { eventually, test } from "../harness/mod.ts";

/** Our cgroups of this process, found as anybody would. */
function cgroups(): string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n").map((line) =>
    line.split(" ")
  );
  const path = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  return mounts.filter(([, , type]) => type === "cgroup2")
    .map(([, point = ""]) => path === "/" ? point : point + path)
    .flatMap((root) => readdirSync(root).map((name) => `${root}/${name}`))
    .filter((directory) => directory.includes(`/procref-${process.pid}-`));
}

/** Those that come from now on: the runs of commands keep one until this process ends. */
function fresh(): () => string[] {
  const before = cgroups();
  return () => cgroups().filter((directory) => !before.includes(directory));
}

function processesOf(cgroup: string): number {
  try {
    return readFileSync(`${cgroup}/cgroup.procs`, "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}

test("a group makes one cgroup and takes it away", async () => {
  const own = fresh();
  {
    await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
    assertEquals(own().length, 1);
    await group.spawn("sleep", { args: ["60"] });
  }
  assertEquals(own(), []);
});

test("a cgroup that somebody removes: closed, at once, and nothing is left", async () => {
  const own = fresh();
  const group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const child = await group.spawn("sleep", { args: ["60"] });
  const [directory = ""] = own();
  writeFileSync(`${directory}/cgroup.kill`, "1");
  await child.wait();
  await eventually(() => {
    try {
      rmdirSync(directory);
      return true;
    } catch {
      return false;
    }
  });
  const closed = async (call: () => unknown) => {
    const error = await assertRejects(async () => await call(), ProcrefError);
    assertEquals(error.code, "closed");
  };
  await closed(() => group.spawn("sleep", { args: ["60"] }));
  await closed(() => group.signal("SIGTERM"));
  await closed(() => group.suspend());
  await closed(() => group.resume());
  await closed(() =>
    group.adopt(child).catch((error) => {
      // The child is gone as well, and that may be seen first.
      throw error.code === "not_found" ? new ProcrefError("closed", "gone either way") : error;
    })
  );
  assertEquals(group.members(), []);
  assertEquals(group.stats().processes, 0);
  await group.killAll();
  await group[Symbol.asyncDispose]();
});

test("groups within a group go with it", async () => {
  const own = fresh();
  const outer = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  const [directory = ""] = own();
  const script = 'mkdir "$0/inner" && echo $$ >"$0/inner/cgroup.procs" && sleep 60 & wait';
  await outer.spawn("sh", { args: ["-c", script, directory] });
  await eventually(() => processesOf(`${directory}/inner`) > 0);
  await outer[Symbol.asyncDispose]();
  assertEquals(own(), []);
});

test("a mechanism that is not there is an error, and hostContainment() leaves nothing", async () => {
  const own = fresh();
  for (const mechanism of ["job_object", "none"] as const) {
    await assertRejects(() => ProcessGroup.create({ mechanism }), UnsupportedError);
  }
  // @ts-expect-error no such mechanism
  await assertRejects(() => ProcessGroup.create({ mechanism: "jail" }), TypeError);
  await assertRejects(() => ProcessGroup.create({ shutdownTimeout: -1 }), RangeError);
  const host = hostContainment();
  assertEquals(hostContainment(), host);
  assertEquals(own(), []);
});
