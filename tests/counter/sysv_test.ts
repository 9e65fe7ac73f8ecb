import { assertEquals, assertThrows } from "@std/assert";
import { ERRNO } from "../../ffi/errno.ts";
import { openCounter, SystemError, UnsupportedError } from "../../src/counter/mod.ts";
import { refCounterConformance } from "../conformance/ref_counter.ts";
import { Client } from "../conformance/ref_counter/clients.ts";
import { test, uniqueName } from "../harness/mod.ts";
import { setOf } from "./sets.ts";
import { use } from "./install.ts";

use({});

const MOST = 32767; // the largest value of a semaphore (SEMVMX)

refCounterConformance("sysv");

test("System V semaphores are what Linux counts with, named or not", () => {
  assertEquals(openCounter("default").backend, "sysv");
  assertEquals(openCounter("named", { backend: "sysv" }).backend, "sysv");
});

for (const backend of ["mach", "handle"] as const) {
  test(`the backend ${backend} of another system is an UnsupportedError that says so`, () => {
    const open = () => openCounter("elsewhere", { backend });
    assertThrows(open, UnsupportedError, `Counting by ${backend} is not supported on linux`);
  });
}

test("the set is this user's, and nobody else may use it", () => {
  using counter = openCounter(uniqueName("mode"));
  counter.acquire();
  const { mode, owner, creator } = setOf(counter) ?? {};
  assertEquals({ mode, owner, creator }, { mode: "600", owner: 0, creator: 0 });
});

test("opening, counting and waiting for zero make no set", async () => {
  using counter = openCounter(uniqueName("nothing"));
  assertEquals(counter.count(), 0);
  await counter.waitForZero();
  assertEquals(setOf(counter), undefined);
});

test("the last release removes the set", () => {
  using one = openCounter(uniqueName("last"));
  using other = openCounter(one.name);
  one.acquire();
  other.acquire();
  one.release();
  const held = setOf(one) !== undefined;
  other.release();
  assertEquals([held, setOf(one)], [true, undefined]);
});

test("unlock() without references removes the set", () => {
  using counter = openCounter(uniqueName("locked"));
  counter.tryLock();
  const locked = setOf(counter) !== undefined;
  counter.unlock();
  assertEquals([locked, setOf(counter)], [true, undefined]);
});

test("the last release leaves the set to who holds the lock, and the unlock removes it", () => {
  using counter = openCounter(uniqueName("both"));
  counter.acquire();
  counter.tryLock();
  counter.release();
  const locked = setOf(counter) !== undefined;
  counter.unlock();
  assertEquals([locked, setOf(counter)], [true, undefined]);
});

test("a set that a crash left behind goes with the next user", async () => {
  using counter = openCounter(uniqueName("crash"));
  await using client = await Client.start("bun", counter);
  await client.ask("acquire");
  await client.crash();
  counter.tryLock();
  counter.unlock();
  assertEquals(setOf(counter), undefined);
});

test("one process can hold 32767 references; one more is ERANGE and changes nothing", () => {
  using counter = openCounter(uniqueName("undo"));
  for (let left = MOST; left > 0; left--) counter.acquire();
  const error = assertThrows(() => counter.acquire(), SystemError, JSON.stringify(counter.name));
  assertEquals([error.errno, error.syscall], [ERRNO.ERANGE, "semop"]);
  assertEquals([counter.count(), counter.release()], [
    MOST,
    MOST - 1,
  ]);
});

test("all processes together can hold 32767 references; one more is ERANGE and changes nothing", async () => {
  using counter = openCounter(uniqueName("value"));
  await using one = await Client.start("bun", counter);
  await using other = await Client.start("deno", counter);
  await one.ask("acquire 20000");
  await other.ask(`acquire ${MOST - 20000 - 1}`);
  assertEquals(counter.acquire(), MOST);
  const error = assertThrows(() => counter.acquire(), SystemError);
  assertEquals([error.errno, counter.count()], [ERRNO.ERANGE, MOST]);
  await one.crash();
  await other.crash();
  assertEquals([counter.count(), counter.acquire()], [1, 2]);
});

test("an error of the kernel is plain data with the call, the errno and the counter's name", () => {
  using counter = openCounter(uniqueName("json"));
  for (let left = MOST; left > 0; left--) counter.acquire();
  const error = assertThrows(() => counter.acquire(), SystemError);
  const message = `semop: ERANGE (34): value out of range for counter "${counter.name}"`;
  assertEquals(error.toJSON(), {
    name: "SystemError",
    code: "system",
    message,
    errno: ERRNO.ERANGE,
    syscall: "semop",
  });
});
