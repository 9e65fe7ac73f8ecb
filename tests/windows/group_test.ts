import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  hostContainment,
  ProcessGroup,
  ProcrefError,
  ResourceLimitError,
  type SharedChild,
  UnsupportedError,
} from "../../src/group/mod.ts";
import { Job } from "../../src/object/job.ts";
import { identify, isAlive, waitForExit } from "../../src/process/mod.ts";
import { eventually, RUNTIMES, start, windowsTest as test } from "../harness/mod.ts";
import { Notes } from "../process/asking.ts";
import { idler } from "./children.ts";
import { lines, script } from "./programs.ts";

const SCRIPT = new URL("./child_script.ts", import.meta.url);
const IDLE = { args: ["/q", "/c", "pause"], stdin: "piped", stdout: "null" } as const;

/** A member of the group with a child of its own, of which only the kernel knows that it belongs there. */
async function tree(group: ProcessGroup): Promise<{ child: SharedChild; grandchild: number }> {
  const { program, args } = script("tree");
  const child = await group.spawn(program, { args, stdout: "piped" });
  const { value } = await lines(child.takeStdout()).next();
  return { child, grandchild: Number(value) };
}

/** A member that takes a request to end as it is told, once it can be asked. */
async function listening(group: ProcessGroup, notes: Notes, how: string): Promise<SharedChild> {
  const { program, args } = notes.program(how);
  const child = await group.spawn(program, { args, stdout: "piped" });
  assertEquals((await lines(child.takeStdout()).next()).value, "ready");
  return child;
}

test("a group is a job object, and says what it can limit", async () => {
  await using group = await ProcessGroup.create();
  const { mechanism, limits, reason } = hostContainment();
  assertEquals([group.mechanism, mechanism], ["job_object", "job_object"]);
  const all = limits.memory && limits.processes && limits.cpu;
  assertEquals(all, reason === undefined);
});

test("another mechanism is unsupported", async () => {
  for (const mechanism of ["cgroup_v2", "process_group", "none"] as const) {
    await assertRejects(() => ProcessGroup.create({ mechanism }), UnsupportedError, mechanism);
  }
});

test("leaving the scope kills children and grandchildren, detached ones too", async () => {
  let pids: number[] = [];
  {
    await using group = await ProcessGroup.create();
    const { child, grandchild } = await tree(group);
    pids = [child.pid, grandchild];
    const members = group.members();
    assertEquals(pids.every((pid) => members.includes(pid)), true);
  }
  assertEquals(pids.map(isAlive), [false, false]);
});

test("killAll() twice is fine, and the group goes on working", async () => {
  await using group = await ProcessGroup.create();
  const first = await group.spawn("cmd", IDLE);
  await group.killAll();
  await group.killAll();
  assertEquals([(await first.wait()).signal, group.members()], ["SIGKILL", []]);
  const second = await group.spawn("cmd", IDLE);
  assertEquals(group.members().includes(second.pid), true);
});

test("a process that is adopted is killed with the group, and what is gone cannot be adopted", async () => {
  await using child = await idler();
  const identity = identify(child.pid);
  assert(identity !== undefined);
  {
    await using group = await ProcessGroup.create();
    await group.adopt(identity);
    assertEquals(group.members().includes(child.pid), true);
  }
  await child.ended;
  await using group = await ProcessGroup.create();
  const error = await assertRejects(() => group.adopt(identity), ProcrefError);
  assertEquals(error.code, "not_found");
  await using other = await idler();
  await assertRejects(() => group.adopt({ pid: other.pid, startTime: "1" }), ProcrefError);
  assertEquals(isAlive(other.pid), true);
});

test("suspend() stops the work and resume() continues it, newcomers included", async () => {
  await using group = await ProcessGroup.create();
  const { program, args } = script("echo");
  const echo = await group.spawn(program, { args, stdin: "piped", stdout: "piped" });
  const writer = echo.takeStdin()?.getWriter();
  const output = lines(echo.takeStdout());
  await writer?.write(new TextEncoder().encode("one\n"));
  assertEquals((await output.next()).value, "one");
  await group.suspend();
  await group.suspend();
  await writer?.write(new TextEncoder().encode("two\n"));
  const two = output.next();
  const newcomer = await group.spawn("cmd", { args: ["/c", "exit 7"] });
  const late = await Promise.race([two, newcomer.wait(), wait(300)]);
  assertEquals(late, undefined);
  await group.resume();
  assertEquals([(await two).value, (await newcomer.wait()).code], ["two", 7]);
});

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

test("signals to an empty group are fine, and shutdown() of one reports nobody", async () => {
  const group = await ProcessGroup.create();
  group.signal("SIGTERM");
  group.signal(0);
  await group.suspend();
  await group.resume();
  const { exited, killed } = await group.shutdown();
  assertEquals([exited, killed, group.members()], [[], [], []]);
  await assertRejects(() => group.spawn("cmd"), ProcrefError, "shut down");
});

test("shutdown() ends everybody at once where nobody listens", async () => {
  const group = await ProcessGroup.create();
  const { child, grandchild } = await tree(group);
  const { exited, killed, elapsed } = await group.shutdown({ timeout: 60_000 });
  assertEquals([exited.includes(child.pid), exited.includes(grandchild), killed], [true, true, []]);
  assertEquals((await child.wait()).signal, "SIGTERM");
  assert(elapsed < 30_000);
});

test("at a shutdown who does not listen ends when the listeners have, who may need it", async () => {
  using notes = new Notes();
  const group = await ProcessGroup.create();
  const idle = await group.spawn("cmd", IDLE);
  const listener = await listening(group, notes, "has a helper");
  const { exited, killed } = await group.shutdown({ timeout: 60_000 });
  assertEquals([exited.includes(idle.pid), killed], [true, []]);
  assertEquals(notes.lines, ["stopped", "helper alive"]);
  const ends = [await idle.wait(), await listener.wait()];
  assertEquals(ends.map(({ code, signal }) => signal ?? code), ["SIGTERM", 0]);
});

test("who does not listen is killed with the listeners that do not obey", async () => {
  using notes = new Notes();
  const group = await ProcessGroup.create();
  const idle = await group.spawn("cmd", IDLE);
  const listener = await listening(group, notes, "is stubborn");
  const { killed } = await group.shutdown({ timeout: 300 });
  assertEquals([idle.pid, listener.pid].map((pid) => killed.includes(pid)), [true, true]);
  assertEquals((await idle.wait()).signal, "SIGKILL");
});

test("signal() and sendSignal() ask nobody, because nothing would end who does not obey", async () => {
  using notes = new Notes();
  await using group = await ProcessGroup.create();
  const first = await listening(group, notes, "listens");
  first.sendSignal("SIGTERM");
  assertEquals((await first.wait()).signal, "SIGTERM");
  const second = await listening(group, notes, "listens");
  group.signal("SIGINT");
  assertEquals([(await second.wait()).signal, notes.lines], ["SIGINT", []]);
});

test("members are told with command, start time and memory, and the whole with its CPU time", async () => {
  await using group = await ProcessGroup.create();
  const child = await group.spawn("cmd", IDLE);
  const info = group.membersInfo().find(({ pid }) => pid === child.pid);
  assertEquals(info?.startTime, identify(child.pid)?.startTime);
  assert(info !== undefined && info.cpuTime >= 0);
  assert(/pause|^\[cmd.exe\]$/.test(info.command), info.command);
  assert(info.memory > 0, String(info.memory));
  const { processes, cpuTime, peakMemory } = group.stats();
  assert(processes >= 1 && cpuTime >= 0 && peakMemory >= info.memory);
  await group.killAll();
  await eventually(() => group.stats().processes === 0);
});

test("a job that is closed has no members: no handle would mean one's own job", () => {
  const job = Job.create();
  job.close();
  assertEquals(job.members(), []);
});

test("limits are enforced, or refused with the reason", async () => {
  const enforced = hostContainment().limits;
  for (const limits of [{ memory: 1 << 28 }, { processes: 4 }, { cpu: 0.5 }] as const) {
    const [name = ""] = Object.keys(limits);
    const made = ProcessGroup.create({ limits });
    if (enforced[name as keyof typeof enforced]) await (await made)[Symbol.asyncDispose]();
    else {
      const error = await assertRejects(() => made, ResourceLimitError, name);
      assertEquals(error.reason, "unenforceable");
    }
  }
  for (const memory of [0, NaN, -1]) {
    const error = await assertRejects(
      () => ProcessGroup.create({ limits: { memory } }),
      ResourceLimitError,
    );
    assertEquals(error.reason, "invalid");
  }
});

test("an unknown signal is refused and ends nobody", async () => {
  await using group = await ProcessGroup.create();
  const child = await group.spawn("cmd", IDLE);
  assertThrows(() => group.signal("SIGUSR1"), TypeError);
  assertThrows(() => group.signal(30), UnsupportedError);
  assertEquals(child.tryWait(), undefined);
});

for (const runtime of RUNTIMES) {
  test(`a group whose owner, a ${runtime} process, is killed is gone within moments`, async () => {
    await using owner = start(runtime, SCRIPT, { args: ["owner"] });
    const pid = Number(await owner.line());
    const member = identify(pid);
    assert(member !== undefined);
    owner.signal("SIGKILL");
    const begin = performance.now();
    await waitForExit(member, { timeout: 10_000 });
    assert(
      performance.now() - begin < 2500,
      "requirements: 250 ms; a test allows ten times as much",
    );
  });
}
