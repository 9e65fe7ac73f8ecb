import { assertEquals } from "@std/assert";
import { RUNTIMES, test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client, Clients, tidy } from "./clients.ts";

/** Holders that are killed. */
export function crashTests(open: Open): void {
  for (const runtime of RUNTIMES) {
    test(`the references of a SIGKILLed ${runtime} process are counted off when its pidfd tells of its end`, async () => {
      using mine = open(uniqueName("crash"));
      mine.acquire();
      for (let round = 0; round < 5; round++) {
        await using holder = await Client.start(runtime, mine);
        assertEquals(await holder.ask("acquire 2"), 3);
        await holder.crash();
        assertEquals(mine.count(), 1);
      }
    });

    test(`after the only holder, a ${runtime} process, was SIGKILLed, the next acquire gets 1`, async () => {
      using mine = open(uniqueName("next"));
      await using holder = await Client.start(runtime, mine);
      await holder.ask("acquire");
      await holder.crash();
      assertEquals([mine.acquire(), mine.release()], [1, 0]);
    });

    test(`what a ${runtime} process gave back before it was SIGKILLed is not counted off again`, async () => {
      using mine = open(uniqueName("once"));
      mine.acquire();
      mine.acquire();
      await using holder = await Client.start(runtime, mine);
      await holder.ask("acquire 3");
      await holder.ask("release 3");
      await holder.crash();
      assertEquals(mine.count(), 2);
    });

    test(`a ${runtime} process that is SIGKILLed while it waits for the lock takes nothing with it`, async () => {
      using mine = open(uniqueName("waiter"));
      mine.acquire();
      mine.tryLock();
      await using waiter = await Client.start(runtime, mine);
      await waiter.startWaiting("lock");
      await waiter.crash();
      mine.unlock();
      assertEquals([mine.count(), mine.tryLock()], [1, true]);
    });
  }

  test("a stopped process still holds its references and its lock", async () => {
    using mine = open(uniqueName("stopped"));
    await using holder = await Client.start("bun", mine);
    await holder.ask("acquire");
    await holder.ask("tryLock");
    holder.suspend(true);
    assertEquals([mine.count(), mine.tryLock()], [1, false]);
    holder.suspend(false);
    await holder.ask("close");
  });

  test("4 holders that are SIGKILLed at once leave 0", async () => {
    using mine = open(uniqueName("all"));
    await using holders = await Clients.start(2, mine);
    await holders.ask("acquire");
    await Promise.all(holders.all.map((holder) => holder.crash()));
    assertEquals(mine.count(), 0);
    tidy(mine);
  });
}
