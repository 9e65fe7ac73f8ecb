import { assertEquals } from "@std/assert";
import { openCounter, type RefCounter } from "../../src/counter/mod.ts";
import {
  closeGate,
  GATE_SEMAPHORE,
  openGate,
  START_SEMAPHORE,
} from "../../src/counter/sysv/layout.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { SemaphoreSet } from "../../src/counter/sysv/set.ts";
import { Client } from "../conformance/ref_counter/clients.ts";
import { eventually, RUNTIMES, test, uniqueName } from "../harness/mod.ts";
import { waiters } from "./sets.ts";
import { use } from "./install.ts";

use({});

// A stop and a continuation interrupt a process in semop(2) with EINTR (signal(7)).

function setBehind(counter: RefCounter): SemaphoreSet {
  return SemaphoreSet.create(placeOf("counter", counter.name));
}

/** Stops the process, which takes it out of its system call, and lets it go on. */
async function interrupt(client: Client, waiting: () => number): Promise<void> {
  client.suspend(true);
  await eventually(() => waiting() === 0);
  client.suspend(false);
  await eventually(() => waiting() === 1);
}

for (const runtime of RUNTIMES) {
  test(`a stop and a continuation don't end the wait of a ${runtime} process in lock()`, async () => {
    using holder = openCounter(uniqueName("stopped"));
    holder.tryLock();
    const { id } = setBehind(holder);
    await using waiter = await Client.start(runtime, holder);
    await waiter.startWaiting("lock");
    await eventually(() => waiters(id, START_SEMAPHORE) === 1);
    await interrupt(waiter, () => waiters(id, START_SEMAPHORE));
    holder.unlock();
    await waiter.hear("locked");
    await waiter.ask("unlock");
  });

  test(`a stop and a continuation in the middle of acquire() of a ${runtime} process don't fail it`, async () => {
    using mine = openCounter(uniqueName("gate"));
    mine.acquire();
    const set = setBehind(mine);
    await using client = await Client.start(runtime, mine);
    set.attempt(closeGate);
    const acquired = client.ask("acquire");
    await eventually(() => waiters(set.id, GATE_SEMAPHORE) === 1);
    await interrupt(client, () => waiters(set.id, GATE_SEMAPHORE));
    set.attempt(openGate);
    assertEquals(await acquired, 2);
    await client.ask("release");
  });
}
