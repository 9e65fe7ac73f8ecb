import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Mutex, type MutexGuard } from "@procref/procref/sync";
import { RUNTIMES, test } from "../harness/mod.ts";
import { actor, ask, freshName, isStopped, numberIn, pause, stopped } from "./stage.ts";

// The promise is 10 ms; tests allow ten times as much.
const SOON = 100;

for (const holder of RUNTIMES) {
  for (const next of RUNTIMES) {
    for (const lock of ["lock", "lockSync"]) {
      test(`SIGKILL of a holder (${holder}) passes the lock on (${next}, ${lock}) as abandoned`, async () => {
        using fresh = freshName("kill");
        await using first = await actor(holder, fresh.name);
        await using second = await actor(next, fresh.name);
        assertStringIncludes(await ask(first, "lock"), "locked false");
        second.tell(lock);
        await pause(30);
        const killed = performance.timeOrigin + performance.now();
        first.signal("SIGKILL");
        const answer = await second.line();
        assertStringIncludes(answer, "locked true");
        assert(numberIn(answer) - killed < SOON, answer);
        assertEquals(await ask(second, "unlock"), "unlocked");
        assertStringIncludes(await ask(second, "tryLock"), "locked false");
      });
    }
  }
}

test("a lock whose holder died before anybody waited is taken at once, also with no patience", async () => {
  using fresh = freshName("before");
  using mutex = Mutex.open(fresh.name);
  for (const form of ["tryLock", "lock", "lockSync"] as const) {
    await using holder = await actor("bun", fresh.name);
    await ask(holder, "lock");
    holder.signal("SIGKILL");
    await holder.ended;
    assertEquals(mutex.locked, false);
    using guard = form === "tryLock"
      ? mutex.tryLock()
      : form === "lock"
      ? await mutex.lock({ timeout: 0 })
      : mutex.lockSync({ timeout: 0 });
    assertEquals(guard?.abandoned, true);
  }
});

test("when a holder and half of its waiters die at once, the others get the lock one after another", async () => {
  using fresh = freshName("many");
  await using all = new AsyncDisposableStack();
  const actors = await Promise.all(
    Array.from({ length: 7 }, (_, index) => actor(index % 2 ? "deno" : "bun", fresh.name)),
  );
  for (const one of actors) all.use(one);
  const [holder, ...waiters] = actors;
  if (holder === undefined) return;
  await ask(holder, "lock");
  for (const one of waiters) one.tell("lock");
  await pause(50);
  for (const one of [holder, ...waiters.slice(0, 3)]) one.signal("SIGKILL");
  const left = new Set(waiters.slice(3));
  let abandoned = 0;
  while (left.size > 0) {
    const [line, one] = await Promise.race(
      [...left].map(async (one) => [await one.line(), one] as const),
    );
    if (line.startsWith("locked true")) abandoned++;
    left.delete(one);
    // It dies inside as well, or lets go: either way it goes on.
    if (left.size === 1) one.signal("SIGKILL");
    else one.tell("unlock");
    break;
  }
  assertEquals(abandoned, 1);
});

// Where a process is stopped, what it was told, and whether the lock is abandoned then.
const points: [string, string[], boolean][] = [
  ["lock:taken", ["lock"], true],
  ["lock:announced", ["lock"], false],
  ["unlock:erased", ["lock", "unlock"], true],
];

for (const runtime of RUNTIMES) {
  for (const [point, [first = "", ...more], abandoned] of points) {
    test(`SIGKILL at ${point} (${runtime}) loses no lock`, async () => {
      using fresh = freshName("point");
      using mutex = Mutex.open(fresh.name);
      const waits = point === "lock:announced";
      const guard = waits ? await mutex.lock() : undefined;
      await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: point });
      victim.tell(first);
      let waiting: Promise<MutexGuard> | undefined;
      if (more.length > 0) {
        await victim.line();
        waiting = mutex.lock({ timeout: 5000 });
        for (const command of more) {
          await pause(20);
          victim.tell(command);
        }
      }
      await stopped(victim.pid);
      if (!waits) waiting ??= mutex.lock({ timeout: 5000 });
      await pause(10);
      victim.signal("SIGKILL");
      guard?.release();
      using got = await (waiting ?? mutex.lock({ timeout: 5000 }));
      assertEquals(got.abandoned, abandoned);
    });
  }
}

for (const runtime of RUNTIMES) {
  test(`SIGKILL at unlock:handed (${runtime}) loses no lock`, async () => {
    using fresh = freshName("handed");
    using mutex = Mutex.open(fresh.name);
    await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: "unlock:handed" });
    await ask(victim, "lock");
    const waiting = mutex.lock({ timeout: 5000 });
    await ask(victim, "bounceSoon");
    blockThread(150);
    // The waiter was woken and finds the lock taken: it asks to be next.
    await pause(20);
    victim.tell("unlock");
    await stopped(victim.pid);
    victim.signal("SIGKILL");
    using got = await waiting;
    assertEquals(got.abandoned, false);
  });
}

/** Does nothing for some milliseconds, timers and all. */
function blockThread(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

for (const runtime of RUNTIMES) {
  test(`SIGKILL at lock:asked (${runtime}) loses no lock`, async () => {
    for (let attempts = 0;; attempts++) {
      using fresh = freshName("asked");
      using mutex = Mutex.open(fresh.name);
      let guard: MutexGuard | undefined = await mutex.lock();
      await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: "lock:asked" });
      victim.tell("lock");
      // It is woken and finds the lock taken: it asks to be next. If it was faster, once more.
      while (guard !== undefined && !isStopped(victim.pid)) {
        await pause(20);
        if (isStopped(victim.pid)) break;
        guard.release();
        guard = mutex.tryLock();
      }
      if (guard !== undefined) {
        victim.signal("SIGKILL");
        await victim.ended;
        // Its request is still there: the lock is handed to a dead thread.
        guard.release();
        using got = await mutex.lock({ timeout: 5000 });
        assertEquals(got.abandoned, false);
        return;
      }
      assert(attempts < 20);
    }
  });
}
