import { platform } from "node:process";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConditionVariable, Monitor, Mutex, ProcrefError } from "@procref/procref/sync";
import { type Program, RUNTIMES, suspend, test } from "../harness/mod.ts";
import { actor, ask, freshName, pause, stopped } from "./stage.ts";

/** Starts actors that wait on the condition, in this order. */
async function waiters(
  name: string,
  count: number,
  all: AsyncDisposableStack,
): Promise<Program[]> {
  const actors = await Promise.all(
    Array.from({ length: count }, (_, index) => actor(index % 2 ? "deno" : "bun", name)),
  );
  for (const one of actors) {
    all.use(one);
    assertEquals(await ask(one, "condition"), "waiting");
  }
  return actors;
}

test("a signal without a waiter is not remembered", async () => {
  using fresh = freshName("forgotten");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  condition.signal();
  condition.broadcast();
  using guard = await mutex.lock();
  assertEquals(await condition.wait(guard, { timeout: 30 }), false);
  assertEquals(condition.waitSync(guard, { timeout: 30 }), false);
  assertEquals(mutex.tryLock(), undefined);
});

test("a signal wakes one waiter, the earliest; a broadcast all 10", async () => {
  using fresh = freshName("order");
  using condition = ConditionVariable.open(fresh.name);
  await using all = new AsyncDisposableStack();
  const actors = await waiters(fresh.name, 10, all);
  const woken: number[] = [];
  const answers = actors.map(async (one, index) => {
    assertEquals(await one.line(), "signalled true");
    woken.push(index);
  });
  condition.signal();
  await answers[0];
  await pause(50);
  assertEquals(woken, [0]);
  condition.broadcast();
  await Promise.all(answers);
  assertEquals(woken.length, 10);
});

test("no wake-up is lost between unlock and sleep: a ball goes to and fro 200 times", async () => {
  using fresh = freshName("ball");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  let turn = 0;
  async function play(me: number): Promise<void> {
    for (let round = 0; round < 200; round++) {
      using guard = await mutex.lock();
      while (turn !== me) assertEquals(await condition.wait(guard, { timeout: 5000 }), true);
      turn = 1 - me;
      condition.signal();
    }
  }
  await Promise.all([play(0), play(1)]);
});

test("the guard holds again however a wait ends", async () => {
  using fresh = freshName("again");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  using guard = await mutex.lock();
  const reason = new Error("enough");
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 10);
  assertEquals(
    await assertRejects(() => condition.wait(guard, { signal: controller.signal })),
    reason,
  );
  assertEquals(mutex.tryLock(), undefined);
  setTimeout(() => condition.close(), 10);
  const error = await assertRejects(() => condition.wait(guard), ProcrefError);
  assertEquals([error.code, mutex.tryLock()], ["closed", undefined]);
  guard.release();
  mutex.tryLock()?.release();
});

test("a signal that an aborted wait got in the same instant goes to the next waiter", async () => {
  using fresh = freshName("pass-on");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  const controller = new AbortController();
  async function wait(signal?: AbortSignal): Promise<boolean> {
    using guard = await mutex.lock();
    return await condition.wait(guard, signal ? { signal, timeout: 5000 } : { timeout: 5000 });
  }
  const first = wait(controller.signal).catch((error) => error);
  const second = wait();
  await pause(20);
  condition.signal();
  controller.abort(new Error("enough"));
  assertEquals([String(await first), await second], ["Error: enough", true]);
});

test("a monitor is left altogether during a wait, however often it was entered", async () => {
  using fresh = freshName("monitor");
  using monitor = Monitor.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  using _outer = await monitor.lock();
  using inner = await monitor.lock();
  const waiting = condition.wait(inner);
  {
    using _other = await monitor.lock({ timeout: 1000 });
    using _nested = await monitor.lock({ timeout: 1000 });
    condition.signal();
  }
  assertEquals(await waiting, true);
  using other = Monitor.open(fresh.name);
  assertEquals(other.tryLock(), undefined);
});

test("only a guard that holds can wait", async () => {
  using fresh = freshName("guard");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  const guard = await mutex.lock();
  guard.release();
  assertEquals((await assertRejects(() => condition.wait(guard), ProcrefError)).code, "not_held");
  const fake = { release() {}, abandoned: false, [Symbol.dispose]() {} };
  await assertRejects(() => condition.wait(fake), TypeError);
  using held = await mutex.lock();
  const waiting = condition.wait(held);
  assertEquals(assertThrows(() => condition.waitSync(held), ProcrefError).code, "not_held");
  condition.signal();
  assertEquals(await waiting, true);
});

test("dead waiters leave no drift", async () => {
  using fresh = freshName("drift");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  await using all = new AsyncDisposableStack();
  const actors = await waiters(fresh.name, 4, all);
  for (const one of actors.slice(0, 3)) {
    one.signal("SIGKILL");
    await one.ended;
  }
  condition.signal();
  assertEquals(await actors[3]?.line(), "signalled true");
  // What the dead left must neither wake a newcomer nor swallow the next signal.
  condition.signal();
  using guard = await mutex.lock();
  assertEquals(await condition.wait(guard, { timeout: 50 }), false);
  setTimeout(() => condition.signal(), 20);
  assertEquals(await condition.wait(guard, { timeout: 5000 }), true);
});

// Where a waiter is killed, and whether its signal was used up then.
const points = [
  "condition:claimed",
  "condition:registered",
  "condition:unlocked",
  "condition:relocked",
  "condition:left",
] as const;

for (const runtime of RUNTIMES) {
  for (const point of points) {
    test(`SIGKILL of a waiter at ${point} (${runtime}) loses no signal`, async () => {
      using fresh = freshName("point");
      using condition = ConditionVariable.open(fresh.name);
      await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: point });
      victim.tell("condition");
      await using all = new AsyncDisposableStack();
      const signalledBefore = point === "condition:relocked" || point === "condition:left";
      if (signalledBefore) {
        assertEquals(await victim.line(), "waiting");
      } else {
        await stopped(victim.pid);
        victim.signal("SIGKILL");
      }
      const [other] = await waiters(fresh.name, 1, all);
      condition.signal();
      if (signalledBefore) {
        await stopped(victim.pid);
        victim.signal("SIGKILL");
      }
      // Its wait was over only at the very last point.
      if (point === "condition:left") condition.signal();
      assertEquals(await other?.line(), "signalled true");
      await victim.ended;
    });
  }

  test(`SIGKILL of a signaller (${runtime}) before it wakes anybody: the next signal wakes for both`, async () => {
    using fresh = freshName("signaller");
    using condition = ConditionVariable.open(fresh.name);
    await using all = new AsyncDisposableStack();
    for (const count of [2, 1]) {
      const actors = await waiters(fresh.name, count, all);
      await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: "condition:granted" });
      victim.tell("signal");
      await stopped(victim.pid);
      victim.signal("SIGKILL");
      await victim.ended;
      condition.signal();
      for (const one of actors) assertEquals(await one.line(), "signalled true");
    }
  });

  test(`SIGKILL of a waiter (${runtime}) that takes over a dead one's signal passes it on again`, async () => {
    using fresh = freshName("twice");
    using mutex = Mutex.open(fresh.name);
    using condition = ConditionVariable.open(fresh.name);
    await using first = await actor(runtime, fresh.name);
    assertEquals(await ask(first, "condition"), "waiting");
    await using second = await actor(runtime, fresh.name, {
      PROCREF_PAUSE: "condition:taken-over",
    });
    assertEquals(await ask(second, "condition"), "waiting");
    await using all = new AsyncDisposableStack();
    const guard = await mutex.lock();
    guard.release();
    const [third] = await waiters(fresh.name, 1, all);
    // Signalled, and killed before it can take the mutex.
    using held = await mutex.lock();
    suspend(first.pid, true);
    // On Windows it stands when the call returns.
    if (platform !== "win32") await stopped(first.pid);
    condition.signal();
    first.signal("SIGKILL");
    await first.ended;
    // One of the two takes over: the second stops there and is killed, the third goes on.
    await pause(30);
    second.signal("SIGKILL");
    held.release();
    assertEquals(await third?.line(), "signalled true");
    await second.ended;
  });
}

test("the sync form is woken by another process", async () => {
  using fresh = freshName("sync");
  using mutex = Mutex.open(fresh.name);
  using condition = ConditionVariable.open(fresh.name);
  for (const runtime of RUNTIMES) {
    await using other = await actor(runtime, fresh.name);
    using guard = mutex.lockSync();
    // It signals when it has the mutex, which is when this thread waits.
    assertEquals(await ask(other, "signalSoon"), "soon");
    assert(condition.waitSync(guard, { timeout: 5000 }));
  }
});

test("a condition waited for by a Deno and a Bun process is signalled by the other one", async () => {
  using fresh = freshName("cross");
  for (const [one, other] of [RUNTIMES, [...RUNTIMES].reverse()]) {
    await using waiting = await actor(one ?? "deno", fresh.name);
    await using signalling = await actor(other ?? "bun", fresh.name);
    assertEquals(await ask(waiting, "condition"), "waiting");
    await ask(signalling, "signal");
    assertEquals(await waiting.line(), "signalled true");
  }
});
