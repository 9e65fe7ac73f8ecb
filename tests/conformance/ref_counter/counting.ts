import { assertEquals, assertThrows } from "@std/assert";
import { ProcrefError } from "../../../src/counter/mod.ts";
import { RUNTIMES, test, uniqueName } from "../../harness/mod.ts";
import type { Open } from "../ref_counter.ts";
import { Client } from "./clients.ts";

/** Acquire, release, count and close, one after the other. */
export function countingTests(open: Open): void {
  test("acquire() and release() return the count after the change", () => {
    using counter = open(uniqueName("count"));
    const taken = [counter.acquire(), counter.acquire(), counter.acquire()];
    const left = [counter.release(), counter.release(), counter.release()];
    assertEquals([taken, left], [[1, 2, 3], [2, 1, 0]]);
  });

  test("an object that released its last reference can acquire again and gets 1", () => {
    using counter = open(uniqueName("again"));
    for (let round = 0; round < 3; round++) {
      assertEquals([counter.acquire(), counter.release()], [1, 0]);
    }
  });

  test("two objects of one process count as two", () => {
    using one = open(uniqueName("objects"));
    using other = open(one.name);
    assertEquals([one.acquire(), other.acquire()], [1, 2]);
    assertEquals([one.release(), other.release()], [1, 0]);
  });

  test("release() without a reference of this object is not_held, and takes nobody else's", () => {
    using holder = open(uniqueName("foreign"));
    using other = open(holder.name);
    holder.acquire();
    const error = assertThrows(() => other.release(), ProcrefError, JSON.stringify(holder.name));
    assertEquals(error.code, "not_held");
    assertEquals(holder.count(), 1);
  });

  test("count() reads 0 where nobody ever acquired, and makes nothing", () => {
    using counter = open(uniqueName("nobody"));
    assertEquals(counter.count(), 0);
  });

  test("count() sees the references of other objects", () => {
    using holder = open(uniqueName("seen"));
    using observer = open(holder.name);
    holder.acquire();
    holder.acquire();
    assertEquals(observer.count(), 2);
  });

  test("close() gives back what this object holds, and nothing of the others", () => {
    using one = open(uniqueName("close"));
    using other = open(one.name);
    one.acquire();
    one.acquire();
    one.tryLock();
    other.acquire();
    one.close();
    assertEquals(other.count(), 1);
    assertEquals(other.tryLock(), true);
  });

  test("close() twice is a no-op, and leaving scope after it too", () => {
    using counter = open(uniqueName("twice"));
    using other = open(counter.name);
    counter.acquire();
    other.acquire();
    counter.close();
    counter.close();
    assertEquals(other.count(), 1);
  });

  test("leaving scope gives the references and the lock back", () => {
    const name = uniqueName("scope");
    {
      using counter = open(name);
      counter.acquire();
      counter.tryLock();
    }
    using after = open(name);
    assertEquals([after.count(), after.tryLock()], [0, true]);
  });

  test("a Deno and a Bun process count in the same counter as this one", async () => {
    using mine = open(uniqueName("runtimes"));
    assertEquals(mine.acquire(), 1);
    await using deno = await Client.start("deno", mine);
    await using bun = await Client.start("bun", mine);
    assertEquals([await deno.ask("acquire"), await bun.ask("acquire")], [2, 3]);
    assertEquals([await deno.ask("release"), await bun.ask("release")], [2, 1]);
  });

  for (const runtime of RUNTIMES) {
    test(`a ${runtime} process that ends without releasing is counted off`, async () => {
      using mine = open(uniqueName("end"));
      mine.acquire();
      await using client = await Client.start(runtime, mine);
      assertEquals(await client.ask("acquire 3"), 4);
      await client.end();
      assertEquals(mine.count(), 1);
    });
  }
}
