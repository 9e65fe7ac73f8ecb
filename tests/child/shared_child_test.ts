import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { exitStatus, SharedChild, TimeoutError } from "@procref/procref/child";
import { readFileSync } from "node:fs";
import { eventually, linuxTest, test } from "../harness/mod.ts";

const SUCCESS = { success: true, code: 0, signal: null };
const KILLED = { success: false, code: null, signal: "SIGKILL" } as const;

const sleeper = () => SharedChild.spawn("sleep", { args: ["60"] });
const shell = (script: string) => SharedChild.spawn("sh", { args: ["-c", script] });

test("wait() gives the code of a child that exits by itself", async () => {
  const child = SharedChild.spawn("true");
  assert(child.pid > 0);
  assertEquals(await child.wait(), SUCCESS);
  assertEquals(await shell("exit 7").wait(), { success: false, code: 7, signal: null });
});

test("an exited child that nobody waited for gives its status at once, and again", async () => {
  const child = SharedChild.spawn("true");
  await eventually(() => child.tryWait() !== undefined);
  assertEquals(await child.wait({ timeout: 0 }), SUCCESS);
  assertEquals(await child.wait({ timeout: 0 }), SUCCESS);
  assertEquals(child.tryWait(), SUCCESS);
});

test("tryWait() sees the end in the very turn of the start", () => {
  const child = SharedChild.spawn("true");
  const end = performance.now() + 5000;
  while (child.tryWait() === undefined) assert(performance.now() < end, "the loop never saw it");
  assertEquals(child.tryWait(), SUCCESS);
});

test("tryWait() is never undefined again after a waiter saw the end", async () => {
  const end = performance.now() + 1000;
  while (performance.now() < end) {
    const child = SharedChild.spawn("true");
    const saw = await Promise.all([child.wait(), child.wait()]);
    assertEquals(saw, [SUCCESS, SUCCESS]);
    assertEquals(child.tryWait(), SUCCESS);
  }
});

test("a wait may begin and end in any instant of a child's end", async () => {
  for (let round = 0; round < 200; round++) {
    const child = SharedChild.spawn("true");
    for (let turn = 0; turn < 10; turn++) {
      // The first waiter holds the event loop, the last one lets go.
      await child.wait({ timeout: 0.01 }).catch((error) => assertInstanceOf(error, TimeoutError));
    }
    assertEquals(await child.wait(), SUCCESS);
  }
});

test("a timeout ends one wait and leaves the others", async () => {
  await using child = sleeper();
  const patient = child.wait();
  const start = performance.now();
  const error = await assertRejects(() => child.wait({ timeout: 20 }), TimeoutError);
  assert(performance.now() - start < 1000);
  assert(error.message.includes(String(child.pid)), error.message);
  await assertRejects(() => child.wait({ timeout: 0 }), TimeoutError);
  assertStrictEquals(child.tryWait(), undefined);
  child.kill();
  assertEquals(await patient, KILLED);
});

test("an aborted signal rejects the wait with its own reason", async () => {
  await using child = sleeper();
  const reason = new Error("enough");
  const controller = new AbortController();
  const waiting = child.wait({ signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await waiting.catch((error) => error), reason);
  const early = await child.wait({ signal: controller.signal }).catch((error) => error);
  assertStrictEquals(early, reason);
});

test("ten waiters and one kill: all get the same status", async () => {
  const child = sleeper();
  const waiters = Array.from({ length: 10 }, () => child.wait());
  assert(child.kill());
  for (const status of await Promise.all(waiters)) assertEquals(status, KILLED);
  assertEquals(child.kill(), false);
  assertEquals(child.sendSignal("SIGTERM"), false);
  assertEquals(child.sendSignal(0), false);
});

test("kill() is false as soon as the child has ended, before the runtime has noticed", () => {
  const child = SharedChild.spawn("true");
  const end = performance.now() + 5000;
  while (child.sendSignal(0)) assert(performance.now() < end);
  assertEquals(child.kill(), false);
});

test("the status tells the signal by its name", async () => {
  const child = sleeper();
  child.sendSignal("SIGABRT");
  assertEquals(await child.wait(), { success: false, code: null, signal: "SIGABRT" });
});

linuxTest("a real-time signal, which has no name, reads as a shell's code", async () => {
  // Deno itself leaves the child's resource open then, which its leak check counts.
  if (!("Bun" in globalThis)) return;
  const child = sleeper();
  child.sendSignal(40);
  assertEquals(await child.wait(), { success: false, code: 168, signal: null });
});

test("leaving the scope kills the child and waits for it", async () => {
  let pid = 0;
  {
    await using child = sleeper();
    pid = child.pid;
  }
  assertThrows(() => readFileSync(`/proc/${pid}/stat`));
});

test("a child that ended holds no descriptor", async () => {
  await SharedChild.spawn("true").wait();
  const before = countPidfds();
  for (let i = 0; i < 20; i++) await SharedChild.spawn("true").wait();
  // The runtime may have some of its own for a moment.
  await eventually(() => countPidfds() <= before);
});

function countPidfds(): number {
  let count = 0;
  for (let fd = 3; fd < 400; fd++) {
    try {
      if (/^Pid:/m.test(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))) count++;
    } catch {
      // Not open.
    }
  }
  return count;
}

test("exitStatus() makes what wait() would give", () => {
  assertEquals(exitStatus(0), SUCCESS);
  assertEquals(exitStatus(3), { success: false, code: 3, signal: null });
  assertEquals(exitStatus("SIGKILL"), KILLED);
  assertThrows(() => exitStatus(-1), RangeError);
  assertThrows(() => exitStatus(1.5), RangeError);
  // @ts-expect-error no such signal
  assertThrows(() => exitStatus("SIGNO"), TypeError);
});

test("wait() between a child's end and the turn that tells of it", async () => {
  for (let i = 0; i < 200; i++) {
    const child = sleeper();
    child.kill();
    // The runtime reaps meanwhile.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    assertEquals((await child.wait()).signal, "SIGKILL");
  }
});
