import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { readFile } from "node:fs/promises";
import { pid } from "node:process";
import { identify } from "../../../src/process/mod.ts";
import { ProcrefError, TimeoutError } from "../../../src/counter/mod.ts";
import { RUNTIMES, temporaryDirectory, test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client, Clients } from "./clients.ts";
import { abandonedCallsReturned } from "./abandoned.ts";

/** The start-up lock. */
export function lockTests(open: Open): void {
  test("tryLock() is true once, and false for other objects and for the holder itself", () => {
    using holder = open(uniqueName("lock"));
    using other = open(holder.name);
    assertEquals([holder.tryLock(), other.tryLock(), holder.tryLock()], [true, false, false]);
  });

  test("unlock() frees the lock for others", () => {
    using one = open(uniqueName("unlock"));
    using other = open(one.name);
    one.tryLock();
    one.unlock();
    assertEquals(other.tryLock(), true);
  });

  test("unlock() without the lock is not_held, and frees nobody else's", () => {
    using holder = open(uniqueName("thief"));
    using other = open(holder.name);
    holder.tryLock();
    const error = assertThrows(() => other.unlock(), ProcrefError, JSON.stringify(holder.name));
    assertEquals([error.code, other.tryLock()], ["not_held", false]);
  });

  test("the lock and the count don't touch each other", () => {
    using holder = open(uniqueName("apart"));
    using other = open(holder.name);
    holder.tryLock();
    assertEquals([other.acquire(), other.release(), holder.count()], [1, 0, 0]);
    assertEquals(other.tryLock(), false);
  });

  for (const runtime of RUNTIMES) {
    test(`tryLock() is false while a ${runtime} process holds the lock, true once it is SIGKILLed`, async () => {
      using mine = open(uniqueName("killed"));
      await using holder = await Client.start(runtime, mine);
      assertEquals([await holder.ask("tryLock"), mine.tryLock()], [true, false]);
      await holder.crash();
      assertEquals(mine.tryLock(), true);
    });

    test(`lock() of a ${runtime} process waits until the holder unlocks`, async () => {
      using mine = open(uniqueName("handed"));
      mine.tryLock();
      await using waiter = await Client.start(runtime, mine);
      await waiter.startWaiting("lock");
      mine.unlock();
      await waiter.hear("locked");
      assertEquals(mine.tryLock(), false);
      await waiter.ask("unlock");
    });

    test(`lock() waits until a ${runtime} process that holds the lock is SIGKILLed`, async () => {
      using mine = open(uniqueName("inherited"));
      await using holder = await Client.start(runtime, mine);
      await holder.ask("tryLock");
      const locked = mine.lock();
      await holder.crash();
      await locked;
      mine.unlock();
    });

    test(`lock() that times out names the ${runtime} process that holds the lock`, async () => {
      using mine = open(uniqueName("named"));
      await using holder = await Client.start(runtime, mine);
      await holder.ask("tryLock");
      const error = await assertRejects(() => mine.lock({ timeout: 10 }), TimeoutError);
      const started = identify(holder.pid)?.startTime;
      assert(error.message.includes(`pid ${holder.pid} (started ${started})`), error.message);
      assert(error.message.includes(JSON.stringify(mine.name)), error.message);
      await holder.ask("unlock");
      await abandonedCallsReturned();
    });
  }

  test("lock() of a free lock takes it, even with a timeout of 0", async () => {
    using counter = open(uniqueName("free"));
    await counter.lock({ timeout: 0 });
    assertEquals(counter.tryLock(), false);
  });

  test("lock() by the object that holds it times out naming its own process", async () => {
    using counter = open(uniqueName("own"));
    counter.tryLock();
    await assertRejects(() => counter.lock({ timeout: 5 }), TimeoutError, `pid ${pid} `);
    await abandonedCallsReturned();
  });

  test("lock() with a signal that has fired takes nothing and rejects with the reason itself", async () => {
    using counter = open(uniqueName("fired"));
    const reason = { why: "never mind" };
    const failure = await counter.lock({ signal: AbortSignal.abort(reason) }).catch((e) => e);
    assertStrictEquals(failure, reason);
    assertEquals(counter.tryLock(), true);
  });

  test("lock() rejects with the signal's reason itself when it fires", async () => {
    using holder = open(uniqueName("abort"));
    using waiter = open(holder.name);
    holder.tryLock();
    const controller = new AbortController();
    const waiting = waiter.lock({ signal: controller.signal }).catch((error) => error);
    const reason = new Error("changed my mind");
    controller.abort(reason);
    assertStrictEquals(await waiting, reason);
    await abandonedCallsReturned();
  });

  test("lock() refuses a negative and a NaN timeout", async () => {
    using counter = open(uniqueName("refused"));
    for (const timeout of [-1, NaN]) {
      await assertRejects(() => counter.lock({ timeout }), RangeError, "timeout");
    }
  });

  test("a wait for the lock that was given up never keeps it", async () => {
    using holder = open(uniqueName("abandoned"));
    using waiter = open(holder.name);
    using next = open(holder.name);
    for (let round = 0; round < 5; round++) {
      holder.tryLock();
      await assertRejects(() => waiter.lock({ timeout: 5 }), TimeoutError);
      holder.unlock();
      await next.lock({ timeout: 5000 });
      next.unlock();
    }
    await abandonedCallsReturned();
  });

  test("a wait that was given up leaves nothing once lock and references are gone", async () => {
    using holder = open(uniqueName("left"));
    using waiter = open(holder.name);
    holder.acquire();
    holder.tryLock();
    await assertRejects(() => waiter.lock({ timeout: 20 }), TimeoutError);
    holder.unlock();
    holder.release();
    await abandonedCallsReturned();
  });

  test("lock() excludes processes of both runtimes from each other", async () => {
    using mine = open(uniqueName("turns"));
    using directory = temporaryDirectory();
    await using clients = await Clients.start(2, mine);
    const answers = await clients.ask(`takeTurns 50 ${directory.path}/inside`);
    assertEquals(answers, ["done", "done", "done", "done"]);
  });

  test("timers go on while lock() waits", async () => {
    using holder = open(uniqueName("timers"));
    using waiter = open(holder.name);
    holder.tryLock();
    const waiting = waiter.lock();
    // A blocked event loop would never come to the unlock.
    for (let tick = 0; tick < 20; tick++) await new Promise((resolve) => setTimeout(resolve, 1));
    holder.unlock();
    await waiting;
  });

  test("100 waits at once don't starve file reads, and all get the lock", async () => {
    using holder = open(uniqueName("hundred"));
    holder.tryLock();
    let inside = 0;
    const waits = Array.from({ length: 100 }, async () => {
      using waiter = open(holder.name);
      await waiter.lock();
      assertEquals(++inside, 1);
      await Promise.resolve();
      inside--;
    });
    assert((await readFile(new URL(import.meta.url), "utf8")).length > 0);
    holder.unlock();
    await Promise.all(waits);
  });

  test("a lock that comes free is handed over although 100 other waits see no end", async () => {
    using stuck = open(uniqueName("stuck"));
    using quick = open(uniqueName("quick"));
    stuck.tryLock();
    quick.tryLock();
    const giveUp = new AbortController();
    const others = Array.from(
      { length: 100 },
      () => open(stuck.name).lock({ signal: giveUp.signal }).catch(() => "given up"),
    );
    using waiter = open(quick.name);
    const waiting = waiter.lock({ timeout: 10_000 });
    quick.unlock();
    await waiting;
    giveUp.abort();
    assertEquals(await Promise.all(others), others.map(() => "given up"));
    await abandonedCallsReturned();
  });

  test("the lock of a process that ends by itself is free", async () => {
    using mine = open(uniqueName("gone"));
    await using holder = await Client.start("bun", mine);
    await holder.ask("tryLock");
    await holder.end();
    assertEquals(mine.tryLock(), true);
  });
}
