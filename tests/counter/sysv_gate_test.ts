// Who is stopped (SIGSTOP) while he has the gate keeps the others out; they say so after 5 seconds, and keep nothing.

import { assertEquals, assertMatch } from "@std/assert";
import { pid } from "node:process";
import { openCounter } from "../../src/counter/mod.ts";
import { closeGate, openGate } from "../../src/counter/sysv/layout.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { SysvServiceLock } from "../../src/counter/sysv/service_lock.ts";
import { type Place, SemaphoreSet } from "../../src/counter/sysv/set.ts";
import { Client } from "../conformance/ref_counter/clients.ts";
import { test, uniqueName } from "../harness/mod.ts";
import { use } from "./install.ts";

use({});

/** Keeps the gate of a name, as somebody would who was stopped there. */
function shut(place: Place): () => void {
  const set = SemaphoreSet.create(place);
  set.attempt(closeGate);
  return () => set.attempt(openGate);
}

// All in one test, because each takes its 5 seconds.
test("a gate that stays shut keeps nobody for ever, and no lock is kept for it", async () => {
  const [fresh, locked] = [openCounter(uniqueName("fresh")), openCounter(uniqueName("locked"))];
  await using newcomer = await Client.start("bun", fresh);
  await using holder = await Client.start("deno", locked);
  const service = placeOf("service", uniqueName("gate"));
  const lock = new SysvServiceLock(service);
  const signal = AbortSignal.timeout(20_000);
  const lease = await lock.enter(true, signal);
  assertEquals(await holder.ask("tryLock"), true);
  const open = [fresh, locked].map(({ name }) => shut(placeOf("counter", name)));
  const answers = Promise.all([newcomer.ask("tryLock"), holder.ask("unlock")]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  open.push(shut(service));
  lease?.withdraw();
  lease?.vacate();
  const [refused, freed] = await answers;
  assertMatch(String(refused), new RegExp(`^TimeoutError timeout: .* by pid ${pid} for 5 s`));
  assertEquals(freed, "done");
  for (const each of open) each();
  // Nobody has a lock, and the sets go with their next use.
  for (const counter of [fresh, locked]) {
    assertEquals(counter.tryLock(), true);
    counter.unlock();
  }
  assertEquals(lock.holder(), undefined);
  const next = await lock.enter(false, signal);
  next?.withdraw();
  next?.vacate();
  assertEquals(await lock.enter(false, signal), undefined);
});
