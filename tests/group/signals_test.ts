// What a signal to a whole tree promises besides arriving: once for each, and to all that live; and a suspension of it.

import { assertEquals } from "@std/assert";
import { ProcessGroup } from "@procref/procref/group";
import { readFileSync } from "node:fs";
import process from "node:process";
import { containmentSystem } from "../../src/group/system.ts";
import { eventually, linuxTest, temporaryDirectory, test } from "../harness/mod.ts";

function words(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

// A handler that is over at once, and waits for the next: perl runs it within microseconds.
const COUNTER = `$SIG{HUP} = sub { syswrite STDOUT, "hup\\n" }; syswrite STDOUT, "ready\\n";
for (;;) { select undef, undef, undef, 1 }`;

linuxTest("a group is not empty while a child is on its way into it", async () => {
  const tree = await containmentSystem().open("cgroup_v2", {});
  try {
    const child = await tree.spawn("sleep", { args: ["0.2"] });
    assertEquals(tree.members(), [child.pid]);
    await tree.whenEmpty(new AbortController().signal);
    assertEquals((await child.wait({ timeout: 50 })).code, 0);
  } finally {
    await tree.close();
  }
});

linuxTest("a signal reaches a child once", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/log`;
  const tree = await containmentSystem().open("cgroup_v2", {});
  try {
    await tree.spawn("sh", { args: ["-c", 'exec perl -e "$1" >"$2"', "sh", COUNTER, log] });
    await eventually(() => words(log).length === 1);
    for (let round = 1; round <= 20; round++) {
      tree.signal(1);
      await eventually(() => words(log).length > round);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assertEquals(words(log).length, 1 + round);
    }
  } finally {
    await tree.close();
  }
});

linuxTest("suspend() that resume() overtakes is over, and the tree runs", async () => {
  using directory = temporaryDirectory();
  const log = `${directory.path}/log`;
  await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
  await group.spawn("sh", { args: ["-c", `while :; do echo x >>${log}; sleep 0.001; done`] });
  await eventually(() => words(log).length > 0);
  for (let round = 0; round < 20; round++) {
    const suspending = [group.suspend(), group.suspend()];
    await group.resume();
    await Promise.all(suspending);
  }
  const count = words(log).length;
  await eventually(() => words(log).length > count);
  await group.suspend();
});

test("a member whose first thread has ended is one as long as another lives", async () => {
  const exit = { x64: 60, arm64: 93 }[process.arch as string] ?? 60;
  const script = `use threads; threads->create(sub { sleep 60 }); syscall ${exit}, 0`;
  const group = await ProcessGroup.create({ mechanism: "process_group" });
  const child = await group.spawn("perl", { args: ["-e", script] });
  const state = () => /\) (.)/.exec(readFileSync(`/proc/${child.pid}/stat`, "utf8"))?.[1];
  await eventually(() => state() === "Z");
  assertEquals(group.members(), [child.pid]);
  await group[Symbol.asyncDispose]();
  assertEquals((await child.wait({ timeout: 1000 })).signal, "SIGKILL");
});
