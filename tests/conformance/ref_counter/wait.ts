import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { readFile } from "node:fs/promises";
import { TimeoutError } from "../../../src/counter/mod.ts";
import { RUNTIMES, test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client, tidy } from "./clients.ts";
import { abandonedCallsReturned } from "./abandoned.ts";

/** waitForZero(). */
export function waitTests(open: Open): void {
  test("waitForZero() resolves at once where nobody holds a reference, and makes nothing", async () => {
    using counter = open(uniqueName("zero"));
    await counter.waitForZero({ timeout: 0 });
  });

  test("waitForZero() with a signal that has fired rejects with its reason, whatever the count", async () => {
    using counter = open(uniqueName("fired"));
    const reason = new Error("before");
    const signal = AbortSignal.abort(reason);
    const wait = () => counter.waitForZero({ signal }).catch((error) => error);
    assertStrictEquals(await wait(), reason);
    counter.acquire();
    assertStrictEquals(await wait(), reason);
  });

  for (const runtime of RUNTIMES) {
    test(`waitForZero() resolves when a ${runtime} process releases the last reference`, async () => {
      using mine = open(uniqueName("released"));
      await using holder = await Client.start(runtime, mine);
      await holder.ask("acquire 2");
      const zero = mine.waitForZero();
      assertEquals(await holder.ask("release"), 1);
      await assertRejects(() => mine.waitForZero({ timeout: 0 }), TimeoutError);
      assertEquals(await holder.ask("release"), 0);
      await zero;
      await abandonedCallsReturned();
    });

    test(`waitForZero() resolves when the ${runtime} process with the last reference is SIGKILLed`, async () => {
      using mine = open(uniqueName("crashed"));
      await using holder = await Client.start(runtime, mine);
      await holder.ask("acquire 2");
      const zero = mine.waitForZero();
      await holder.crash();
      await zero;
      tidy(mine);
    });

    test(`waitForZero() in a ${runtime} process sees the last release of another`, async () => {
      using mine = open(uniqueName("watched"));
      mine.acquire();
      await using watcher = await Client.start(runtime, mine);
      await watcher.startWaiting("waitForZero");
      mine.release();
      await watcher.hear("zero");
    });
  }

  test("waitForZero() goes on waiting while the start-up lock comes and goes", async () => {
    using holder = open(uniqueName("locks"));
    using watcher = open(holder.name);
    holder.acquire();
    const zero = watcher.waitForZero();
    for (let round = 0; round < 3; round++) {
      holder.tryLock();
      holder.unlock();
    }
    await assertRejects(() => watcher.waitForZero({ timeout: 5 }), TimeoutError);
    holder.release();
    await zero;
    await abandonedCallsReturned();
  });

  test("waitForZero() resolves although the start-up lock stays held", async () => {
    using holder = open(uniqueName("held"));
    using watcher = open(holder.name);
    holder.acquire();
    holder.tryLock();
    const zero = watcher.waitForZero();
    holder.release();
    await zero;
  });

  test("waitForZero() that times out tells the count and the name", async () => {
    using holder = open(uniqueName("patience"));
    holder.acquire();
    holder.acquire();
    const error = await assertRejects(() => holder.waitForZero({ timeout: 5 }), TimeoutError);
    assertEquals(error.message.includes(`2 references to counter "${holder.name}"`), true);
    await abandonedCallsReturned();
  });

  test("waitForZero() rejects with the signal's reason itself", async () => {
    using holder = open(uniqueName("abort"));
    holder.acquire();
    const controller = new AbortController();
    const waiting = holder.waitForZero({ signal: controller.signal }).catch((error) => error);
    const reason = new Error("enough");
    controller.abort(reason);
    assertStrictEquals(await waiting, reason);
    await abandonedCallsReturned();
  });

  test("waitForZero() that was given up changes nothing", async () => {
    using holder = open(uniqueName("unchanged"));
    holder.acquire();
    await assertRejects(() => holder.waitForZero({ timeout: 5 }), TimeoutError);
    assertEquals([holder.count(), holder.tryLock()], [1, true]);
    await abandonedCallsReturned();
  });

  test("100 waits for zero at once don't starve file reads, and all resolve", async () => {
    using holder = open(uniqueName("hundred"));
    holder.acquire();
    const waits = Array.from({ length: 100 }, () => open(holder.name).waitForZero());
    await readFile(new URL(import.meta.url), "utf8");
    holder.release();
    await Promise.all(waits);
  });
}
