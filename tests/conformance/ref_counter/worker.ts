import { assertEquals } from "@std/assert";
import { RUNTIMES, test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client } from "./clients.ts";
import { startWorker } from "./worker_thread.ts";

/** Counters in Workers. */
export function workerTests(open: Open): void {
  test("references of a Worker and of its parent are two", async () => {
    using mine = open(uniqueName("worker"));
    assertEquals(mine.acquire(), 1);
    using worker = startWorker(mine);
    assertEquals([await worker.ask("acquire"), mine.count()], [2, 2]);
    assertEquals([await worker.ask("release"), mine.release()], [1, 0]);
  });

  test("a Worker and its parent exclude each other from the lock", async () => {
    using mine = open(uniqueName("threads"));
    mine.tryLock();
    using worker = startWorker(mine);
    assertEquals(await worker.ask("tryLock"), false);
  });

  for (const runtime of RUNTIMES) {
    test(`a reference that a ${runtime} Worker never gave back lasts until its process ends`, async () => {
      using mine = open(uniqueName("thread"));
      mine.acquire();
      await using client = await Client.start(runtime, mine);
      assertEquals(await client.ask("acquireInWorkerThatEnds"), 2);
      assertEquals(await client.ask("count"), 2);
      await client.crash();
      assertEquals(mine.count(), 1);
    });
  }
}
