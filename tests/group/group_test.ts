// One suite for every mechanism: what a group promises whatever holds it together.

import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ProcrefError,
  SharedChild,
  type SpawnOptions,
} from "@procref/procref/group";
import { platform } from "../../ffi/platform.ts";
import { identify } from "@procref/procref/process";
import process from "node:process";
import { readdirSync, readFileSync } from "node:fs";
import { eventually, temporaryDirectory, test } from "../harness/mod.ts";
import { HELD, newTag, survivors, tree } from "./trees.ts";

const MECHANISMS = platform === "darwin"
  ? ["process_group"] as const
  : ["cgroup_v2", "process_group"] as const;
const [HELD_TRICK = "deaf"] = HELD;
const DOUBLE_FORK = platform === "darwin" ? "orphans" : "double fork";

const shell = (script: string): SpawnOptions => ({ args: ["-c", script] });
const TREE = "sleep 60 & sleep 60 & wait";

function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

test("without a wish the mechanism is the one that hostContainment() names", async () => {
  await using group = await ProcessGroup.create();
  assertEquals(group.mechanism, hostContainment().mechanism);
});

for (const mechanism of MECHANISMS) {
  const create = () => ProcessGroup.create({ mechanism });
  const promise = (name: string, body: () => Promise<void>) => test(`${mechanism}: ${name}`, body);

  promise("leaving the scope kills children and grandchildren", async () => {
    const tag = newTag();
    {
      await using group = await create();
      assertEquals(group.mechanism, mechanism);
      const root = await group.spawn("sh", { args: tree(DOUBLE_FORK, tag), stdout: "piped" });
      await firstWord(root);
      await eventually(() => survivors([tag]).length >= 3);
    }
    assertEquals(survivors([tag]), []);
  });

  promise("members are there when spawn() resolves, and go one by one", async () => {
    await using group = await create();
    assertEquals(group.members(), []);
    const one = await group.spawn("sleep", { args: ["60"] });
    assertEquals(group.members(), [one.pid]);
    const two = await group.spawn("sh", shell(TREE));
    await eventually(() => group.members().length === 4);
    assert(group.members().includes(two.pid));
    const info = group.membersInfo();
    assertEquals(info.map(({ pid }) => pid), group.members());
    const first = info.find(({ pid }) => pid === one.pid);
    assertEquals(first?.startTime, identify(one.pid)?.startTime);
    assert(first?.command.endsWith("sleep 60"), first?.command);
    assert((first?.memory ?? 0) > 0);
    one.kill();
    await one.wait();
    await eventually(() => !group.members().includes(one.pid));
    assertEquals(group.members().length, 3);
  });

  promise("killAll() twice, and the group goes on working", async () => {
    await using group = await create();
    assertEquals((await (await group.spawn("true")).wait()).code, 0);
    await group.killAll();
    for (let round = 0; round < 3; round++) {
      const child = await group.spawn("sh", shell(TREE));
      await Promise.all([group.killAll(), group.killAll()]);
      assertEquals(group.members(), []);
      assertEquals((await child.wait()).signal, "SIGKILL");
    }
    assertEquals((await (await group.spawn("true")).wait()).code, 0);
  });

  promise("a spawn() during killAll() waits for it, and its child lives", async () => {
    await using group = await create();
    await group.spawn(
      "sh",
      shell("i=0; while [ $i -lt 30 ]; do sleep 60 & i=$((i+1)); done; wait"),
    );
    await eventually(() => group.members().length === 31);
    const killing = group.killAll();
    const spawning = group.spawn("sleep", { args: ["60"] });
    await killing;
    const child = await spawning;
    if (mechanism === "cgroup_v2") assertEquals(group.members(), [child.pid]);
    await group.killAll();
    assertEquals((await child.wait()).signal, "SIGKILL");
  });

  promise("killAll() beside spawns under way leaves none of them", async () => {
    await using group = await create();
    const tag = newTag();
    const spawns = Array.from({ length: 8 }, () => group.spawn("sleep", { args: [`600.${tag}`] }));
    await group.killAll();
    const children = await Promise.all(spawns);
    await group.killAll();
    assertEquals(survivors([tag]), []);
    for (const child of children) assertEquals((await child.wait()).signal, "SIGKILL");
  });

  promise("adopt() a child and a stranger, then kill them", async () => {
    await using group = await create();
    await using child = SharedChild.spawn("sleep", { args: ["60"] });
    await using other = SharedChild.spawn("sleep", { args: ["60"] });
    await group.adopt(child);
    const identity = identify(other.pid);
    assert(identity);
    await group.adopt(identity);
    assertEquals(group.members(), [child.pid, other.pid].sort((a, b) => a - b));
    await group.killAll();
    assertEquals((await child.wait()).signal, "SIGKILL");
    assertEquals((await other.wait()).signal, "SIGKILL");
  });

  promise("adopt() refuses the gone, the reused, pid 1 and ourselves", async () => {
    await using group = await create();
    const gone = SharedChild.spawn("true");
    await gone.wait();
    assertEquals((await assertRejects(() => group.adopt(gone), ProcrefError)).code, "not_found");
    await using alive = SharedChild.spawn("sleep", { args: ["60"] });
    const reused = { pid: alive.pid, startTime: "1" };
    assertEquals((await assertRejects(() => group.adopt(reused), ProcrefError)).code, "not_found");
    await assertRejects(() => group.adopt({ pid: 1, startTime: "0" }), RangeError);
    await assertRejects(() => group.adopt({ pid: 0, startTime: "0" }), RangeError);
    const self = identify(process.pid);
    assert(self);
    await assertRejects(() => group.adopt(self), RangeError);
    // @ts-expect-error a bare pid may have changed hands
    await assertRejects(() => group.adopt(alive.pid), TypeError);
    assertEquals(group.members(), []);
    assertEquals(alive.tryWait(), undefined);
  });

  promise("signal, suspend and resume are fine on an empty group", async () => {
    await using group = await create();
    group.signal("SIGTERM");
    await group.suspend();
    await group.resume();
    assertEquals(group.members(), []);
    assertThrows(() => group.signal(65), RangeError);
  });

  promise("a trapped SIGHUP arrives at every member", async () => {
    using directory = temporaryDirectory();
    const log = `${directory.path}/log`;
    await using group = await create();
    const trap = `trap 'echo hup >>${log}' HUP; echo ready >>${log}; while :; do sleep 0.01; done`;
    await group.spawn("sh", { ...shell(`sh -c "${trap}" & ${trap}`), stderr: "null" });
    await eventually(() => lines(log).length === 2);
    group.signal("SIGHUP");
    await eventually(() => lines(log).filter((line) => line === "hup").length >= 2);
  });

  promise("suspend() stops the work, resume() continues it", async () => {
    using directory = temporaryDirectory();
    const log = `${directory.path}/log`;
    await using group = await create();
    await group.spawn("sh", shell(`while :; do echo x >>${log}; sleep 0.002; done`));
    await eventually(() => lines(log).length > 5);
    await group.suspend();
    await eventually(() => group.members().every(isStanding));
    const count = lines(log).length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(lines(log).length, count);
    await group.resume();
    await eventually(() => lines(log).length > count + 5);
  });

  promise("who comes into a suspended group stands still, and runs at resume()", async () => {
    using directory = temporaryDirectory();
    const log = `${directory.path}/log`;
    const work = shell(`sleep 0.05; while :; do echo x >>${log}; sleep 0.002; done`);
    await using group = await create();
    await group.suspend();
    await using adopted = SharedChild.spawn("sh", work);
    await group.adopt(adopted);
    const spawned = await group.spawn("sh", { ...work, priority: 3 });
    await group.spawn("sh", work);
    assert(group.members().includes(spawned.pid));
    await new Promise((resolve) => setTimeout(resolve, 150));
    assertEquals(lines(log), []);
    await group.resume();
    await eventually(() => lines(log).length > 5);
  });

  promise("who is started in a suspended group does not begin before resume()", async () => {
    using directory = temporaryDirectory();
    await using group = await create();
    await group.suspend();
    const children: SharedChild[] = [];
    for (let count = 0; count < 10; count++) {
      children.push(await group.spawn("mkdir", { args: [`${directory.path}/${count}`] }));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(readdirSync(directory.path), []);
    await group.resume();
    for (const child of children) assertEquals((await child.wait()).code, 0);
    assertEquals(readdirSync(directory.path).length, children.length);
  });

  promise("a suspended group is killed all the same", async () => {
    await using group = await create();
    const child = await group.spawn("sh", shell(TREE));
    await group.suspend();
    await group.killAll();
    assertEquals((await child.wait()).signal, "SIGKILL");
  });

  promise("shutdown() returns as soon as everybody has obeyed", async () => {
    await using group = await ProcessGroup.create({ mechanism, shutdownTimeout: 20_000 });
    const child = await group.spawn("sh", shell(TREE));
    await eventually(() => group.members().length === 3);
    const members = group.members();
    const report = await group.shutdown();
    assertEquals(report.exited.sort((a, b) => a - b), members);
    assertEquals(report.killed, []);
    assertLessOrEqual(report.elapsed, 5000);
    assertEquals((await child.wait()).signal, "SIGTERM");
  });

  promise("shutdown() lets stopped members obey", async () => {
    await using group = await ProcessGroup.create({ mechanism, shutdownTimeout: 20_000 });
    const child = await group.spawn("sleep", { args: ["60"] });
    child.sendSignal("SIGSTOP");
    await eventually(() => group.members().every(isStanding));
    assertEquals((await group.shutdown()).killed, []);
    assertEquals((await child.wait()).signal, "SIGTERM");
  });

  promise("shutdown() kills who does not obey, and tells who left how", async () => {
    using directory = temporaryDirectory();
    await using group = await create();
    const obedient = await group.spawn("sleep", { args: ["60"] });
    const deaf = shell(`trap "" TERM; echo >${directory.path}/deaf; while :; do sleep 60; done`);
    const child = await group.spawn("sh", deaf);
    await eventually(() => lines(directory.path + "/deaf") && group.members().length === 3);
    await eventually(() => readable(`${directory.path}/deaf`));
    const report = await group.shutdown({ timeout: 100 });
    assert(report.exited.includes(obedient.pid));
    assert(report.killed.includes(child.pid));
    assertGreaterOrEqual(report.elapsed, 99);
    assertEquals((await child.wait()).signal, "SIGKILL");
  });

  promise("shutdown() without escalation spares survivors, and the group stays", async () => {
    using directory = temporaryDirectory();
    await using group = await ProcessGroup.create({ mechanism, escalate: false });
    const ready = `${directory.path}/ready`;
    const child = await group.spawn(
      "sh",
      shell(`trap "" TERM; echo >${ready}; while :; do sleep 1; done`),
    );
    await eventually(() => readable(ready));
    assertEquals((await group.shutdown({ timeout: 50 })).killed, []);
    assert(group.members().includes(child.pid));
    const again = await group.shutdown({ timeout: 50, escalate: true });
    assert(again.killed.includes(child.pid));
  });

  promise(
    "after shutdown() it is closed: errors at once, and what may be asked still",
    async () => {
      const group = await create();
      await group.spawn("sh", shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 60"));
      await eventually(() => group.stats().cpuTime > 0);
      const report = await group.shutdown();
      assertEquals(await group.shutdown(), report);
      await group.killAll();
      assertEquals(group.members(), []);
      assertEquals(group.membersInfo(), []);
      assertEquals(group.stats().processes, 0);
      assert(group.stats().cpuTime > 0);
      const closed = async (call: () => unknown) => {
        const error = await assertRejects(async () => await call(), ProcrefError);
        assertEquals(error.code, "closed");
      };
      await closed(() => group.spawn("true"));
      await closed(() => group.signal("SIGTERM"));
      await closed(() => group.suspend());
      await closed(() => group.resume());
      await closed(() => group.updateLimits({ memory: 1 << 30 }));
      await using child = SharedChild.spawn("sleep", { args: ["60"] });
      await closed(() => group.adopt(child));
      await group[Symbol.asyncDispose]();
      assertEquals(child.tryWait(), undefined);
    },
  );

  promise("stats and their samples", async () => {
    await using group = await create();
    await group.spawn("sh", shell("while :; do :; done"));
    const start = performance.now();
    const samples = [];
    for await (const stats of group.sampleStats(30)) {
      if (samples.length === 0) assertLessOrEqual(performance.now() - start, 300);
      samples.push(stats);
      if (samples.length === 5) break;
    }
    assertGreaterOrEqual(performance.now() - start, 110);
    const [first] = samples;
    const last = samples.at(-1);
    assert(first && last);
    assertEquals(first.processes, 1);
    assert(last.peakMemory > 0);
    assert(last.cpuTime > first.cpuTime, `${first.cpuTime} ${last.cpuTime}`);
    assertThrows(() => group.sampleStats(0), RangeError);
    assertThrows(() => group.sampleStats(NaN), RangeError);
  });

  promise("the samples end with the group", async () => {
    const group = await create();
    const ended = Array.fromAsync(group.sampleStats(5));
    await group.shutdown();
    assert((await ended).length >= 1);
  });

  promise("a sample that is far away ends with the group as well", async () => {
    const group = await create();
    const samples = group.sampleStats(600_000)[Symbol.asyncIterator]();
    assertEquals((await samples.next()).done, false);
    const next = samples.next();
    await group[Symbol.asyncDispose]();
    assertEquals((await next).done, true);
  });

  promise("a guardian that somebody killed is replaced at the next spawn()", async () => {
    const others = guardians();
    const own = () => guardians().filter((pid) => !others.includes(pid));
    await using group = await create();
    await eventually(() => own().length === 1);
    const [first = -1] = own();
    process.kill(first, "SIGKILL");
    await eventually(() => own().length === 0);
    await group.spawn("sleep", { args: ["60"] });
    await eventually(() => own().length === 1);
  });

  promise("a guardian that somebody kills during a spawn() does not fail it", async () => {
    const others = guardians();
    const own = () => guardians().filter((pid) => !others.includes(pid));
    await using group = await create();
    await eventually(() => own().length === 1);
    const [first = -1] = own();
    const spawning = group.spawn("sleep", { args: ["60"] });
    // In the turn of the call: the guardian has been looked at, and has not been told of the child.
    process.kill(first, "SIGKILL");
    while (own().length > 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    const child = await spawning;
    await group.spawn("sleep", { args: ["60"] });
    await eventually(() => own().length === 1);
    assert(group.members().includes(child.pid));
  });

  promise("a program that cannot start is an error, and nothing is left", async () => {
    await using group = await create();
    const missing = await assertRejects(() => group.spawn("no-such-program"), ProcrefError);
    assertEquals(missing.code, "not_found");
    await assertRejects(() => group.spawn("true", { cwd: "/no/where" }), ProcrefError);
    await assertRejects(() => group.spawn("true", { args: ["\0"] }), TypeError);
    await assertRejects(() => group.spawn("/tmp"), ProcrefError);
    assertEquals(group.members(), []);
  });

  promise("all options of a child hold inside as well", async () => {
    await using group = await create();
    const script = "id -u; umask; cut -d' ' -f19 /proc/self/stat; echo $0 $A";
    const child = await group.spawn("sh", {
      args: ["-c", script, "name"],
      env: { A: "a" },
      uid: 65534,
      umask: 0o077,
      priority: 4,
      stdout: "piped",
    });
    const text = await new Response(child.takeStdout()).text();
    assertEquals(text, "65534\n0077\n4\nname a\n");
    const other = await group.spawn("id", { args: ["-u"], uid: 65534, stdout: "piped" });
    assertEquals(await new Response(other.takeStdout()).text(), "65534\n");
  });

  promise("another user's processes die with the group", async () => {
    const tag = newTag();
    {
      await using group = await create();
      const root = await group.spawn("sh", {
        args: tree(HELD_TRICK, tag),
        uid: 65534,
        stdout: "piped",
      });
      await firstWord(root);
    }
    assertEquals(survivors([tag]), []);
  });
}

function readable(path: string): boolean {
  try {
    return readFileSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** Waits until a tree stands, and says so. */
async function firstWord(root: SharedChild): Promise<void> {
  const reader = root.takeStdout()?.getReader();
  await reader?.read();
  await reader?.cancel();
}

/** Stopped or frozen: it uses no CPU. */
function isStanding(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const state = stat.slice(stat.lastIndexOf(")") + 2)[0];
  return state === "T" || state === "S" || state === "D";
}

function guardians(): number[] {
  return readdirSync("/proc").map(Number).filter((pid) => {
    if (!(pid > 0)) return false;
    const stat = lines(`/proc/${pid}/stat`)[0] ?? "";
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(parent) === process.pid && state !== "Z" &&
      lines(`/proc/${pid}/cmdline`).join().includes("procref-guardian");
  });
}
