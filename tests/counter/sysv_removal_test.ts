import { assertEquals } from "@std/assert";
import { openCounter } from "../../src/counter/mod.ts";
import { START_SEMAPHORE } from "../../src/counter/sysv/layout.ts";
import { Client } from "../conformance/ref_counter/clients.ts";
import { abandonedCallsReturned } from "../conformance/ref_counter/abandoned.ts";
import { eventually, RUNTIMES, test, uniqueName } from "../harness/mod.ts";
import { idOf, removeSet, setOf, waiters } from "./sets.ts";
import { use } from "./install.ts";

use({});

// Anybody of this user can remove the set (ipcrm, or logind at logout), whoever uses it.

test("release() copes when the set was removed meanwhile", () => {
  using counter = openCounter(uniqueName("release"));
  counter.acquire();
  removeSet(counter);
  assertEquals([counter.release(), setOf(counter)], [0, undefined]);
});

test("release() of a reference that went with its set returns the new set's count and changes nothing", () => {
  using old = openCounter(uniqueName("old"));
  using fresh = openCounter(old.name);
  old.acquire();
  removeSet(old);
  assertEquals([fresh.acquire(), old.release(), fresh.count()], [1, 1, 1]);
});

test("the next acquire() after a removal gets 1", () => {
  using holder = openCounter(uniqueName("next"));
  using next = openCounter(holder.name);
  holder.acquire();
  removeSet(holder);
  assertEquals([holder.count(), next.acquire()], [0, 1]);
});

test("a reference that went with its set is not taken from others after a new acquire()", () => {
  using mine = openCounter(uniqueName("lost"));
  using other = openCounter(mine.name);
  mine.acquire();
  removeSet(mine);
  assertEquals([mine.acquire(), other.acquire()], [1, 2]);
  mine.release();
  mine.release();
  assertEquals(other.count(), 1);
});

test("close() after a removal takes nothing from others", () => {
  using mine = openCounter(uniqueName("close"));
  using other = openCounter(mine.name);
  mine.acquire();
  mine.acquire();
  removeSet(mine);
  assertEquals([mine.acquire(), other.acquire()], [1, 2]);
  mine.close();
  assertEquals(other.count(), 1);
});

test("unlock() copes when the set was removed meanwhile, and the lock is free", () => {
  using holder = openCounter(uniqueName("unlock"));
  using next = openCounter(holder.name);
  assertEquals(holder.tryLock(), true);
  removeSet(holder);
  assertEquals(next.tryLock(), true);
  holder.unlock();
  assertEquals(holder.tryLock(), false);
});

test("waitForZero() resolves when the set is removed", async () => {
  using holder = openCounter(uniqueName("zero"));
  holder.acquire();
  const zero = holder.waitForZero();
  removeSet(holder);
  await zero;
});

for (const runtime of RUNTIMES) {
  test(`a ${runtime} process that waits in lock() goes on when the set is removed`, async () => {
    using holder = openCounter(uniqueName("waiter"));
    assertEquals(holder.tryLock(), true);
    await using waiter = await Client.start(runtime, holder);
    await waiter.startWaiting("lock");
    const id = idOf(holder);
    await eventually(() => waiters(id, START_SEMAPHORE) === 1);
    removeSet(holder);
    await waiter.hear("locked");
    assertEquals(await waiter.ask("unlock"), "done");
  });
}

test("a wait for the lock that was given up leaves no set behind once all is released", async () => {
  using holder = openCounter(uniqueName("late"));
  using waiter = openCounter(holder.name);
  holder.acquire();
  assertEquals(holder.tryLock(), true);
  const controller = new AbortController();
  const waiting = waiter.lock({ signal: controller.signal }).catch(() => "given up");
  const id = idOf(holder);
  await eventually(() => waiters(id, START_SEMAPHORE) === 1);
  controller.abort();
  assertEquals(await waiting, "given up");
  // The abandoned call still waits in the kernel, gets the lock now, and has to notice that it is the last.
  holder.unlock();
  holder.release();
  await eventually(() => setOf(holder) === undefined, 2000);
  await abandonedCallsReturned();
});
