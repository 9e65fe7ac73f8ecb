// Deaths and refusals at system calls, by strace(1). What it cannot reach are the steps without a system call: for
// those there are the pause points and the models.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { readdirSync } from "node:fs";
import { ConditionVariable, Mutex, Semaphore } from "@procref/procref/sync";
import { RUNTIMES, test } from "../harness/mod.ts";
import { actor, ask, canInject, freshName, inject } from "./stage.ts";

for (const runtime of canInject ? RUNTIMES : []) {
  test(`SIGKILL at the call that would sleep (${runtime}) takes nothing along`, async () => {
    using fresh = freshName("sleep");
    using mutex = Mutex.open(fresh.name);
    using semaphore = Semaphore.open(fresh.name, { initial: 0 });
    using condition = ConditionVariable.open(fresh.name);
    const kill = "futex_waitv:signal=KILL:when=1";
    {
      using _guard = await mutex.lock();
      await inject(runtime, fresh.name, kill, "lock");
    }
    {
      using guard = await mutex.lock({ timeout: 1000 });
      assertEquals(guard.abandoned, false);
    }
    await inject(runtime, fresh.name, kill, "wait");
    semaphore.post();
    assertEquals(semaphore.value, 1);
    // Between unlock and sleep: it has registered.
    await inject(runtime, fresh.name, kill, "condition");
    await using waiter = await actor(runtime, fresh.name);
    assertEquals(await ask(waiter, "condition"), "waiting");
    condition.signal();
    assertEquals(await waiter.line(), "signalled true");
  });

  test(`SIGKILL at every call of making an object (${runtime}) leaves the whole object or nothing`, async () => {
    for (const call of ["fallocate", "linkat", "munmap"]) {
      using fresh = freshName("make");
      const before = readdirSync("/dev/shm").length;
      await inject(runtime, fresh.name, `${call}:signal=KILL:when=1`, "tryLock");
      const made = readdirSync("/dev/shm").length - before;
      if (call !== "munmap") assertEquals(made, 0, call);
      Mutex.open(fresh.name).close();
    }
  });

  test(`a /dev/shm without room (${runtime}) is an ENOSPC, and nothing is left`, async () => {
    using fresh = freshName("full");
    const before = readdirSync("/dev/shm").length;
    const output = await inject(runtime, fresh.name, "fallocate:error=ENOSPC:when=1+", "write x");
    assertEquals(readdirSync("/dev/shm").length, before);
    assertEquals(output.includes("ready"), false, output); // its error is in the log above
  });

  test(`a kernel without futex_waitv (${runtime}) is an UnsupportedError, not a busy loop`, async () => {
    using fresh = freshName("old");
    const output = await inject(
      runtime,
      fresh.name,
      "futex_waitv:error=ENOSYS:when=1+",
      "wait 3000",
    );
    assertStringIncludes(output, "unsupported UnsupportedError: futex_waitv");
  });
}
