import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BinarySemaphore, ProcrefError, Semaphore, TimeoutError } from "@procref/procref/sync";
import { RUNTIMES, test } from "../harness/mod.ts";
import { actor, ask, freshName, numberIn, pause, stopped } from "./stage.ts";

test("the value follows ten posts and ten waits, and tryWait() tells at once", async () => {
  using fresh = freshName("value");
  using semaphore = Semaphore.open(fresh.name, { initial: 0 });
  for (let units = 1; units <= 10; units++) {
    semaphore.post();
    assertEquals(semaphore.value, units);
  }
  for (let units = 9; units >= 0; units--) {
    await semaphore.wait();
    assertEquals(semaphore.value, units);
  }
  assertEquals(semaphore.tryWait(), false);
  semaphore.post(5000);
  assertEquals(semaphore.value, 5000);
  assertEquals(semaphore.tryWait(), true);
  using again = Semaphore.open(fresh.name, { initial: 7 });
  assertEquals(again.value, 4999);
});

test("the default is 1 for both kinds", () => {
  using fresh = freshName("default");
  using counting = Semaphore.open(fresh.name);
  using binary = BinarySemaphore.open(fresh.name);
  assertEquals([counting.value, binary.value], [1, 1]);
});

for (const kind of [Semaphore, BinarySemaphore]) {
  test(`${kind.name}: a wait times out within 50 ms of its limit, in both forms`, async () => {
    using fresh = freshName("timeout");
    using semaphore = kind.open(fresh.name, { initial: 0 });
    for (const timeout of [0, 30]) {
      const start = performance.now();
      await assertRejects(() => semaphore.wait({ timeout }), TimeoutError);
      const middle = performance.now();
      assertThrows(() => semaphore.waitSync({ timeout }), TimeoutError);
      for (const elapsed of [middle - start, performance.now() - middle]) {
        assert(elapsed >= timeout - 1 && elapsed < timeout + 500, String(elapsed));
      }
    }
    const reason = new Error("enough");
    const controller = new AbortController();
    const aborted = assertRejects(() => semaphore.wait({ signal: controller.signal }));
    controller.abort(reason);
    assertEquals(await aborted, reason);
    const closed = assertRejects(() => semaphore.wait(), ProcrefError, "closed");
    semaphore.close();
    await closed;
  });
}

for (const runtime of RUNTIMES) {
  test(`a post from another process (${runtime}) wakes as many as it has units`, async () => {
    using fresh = freshName("wake");
    using semaphore = Semaphore.open(fresh.name, { initial: 0 });
    await using poster = await actor(runtime, fresh.name);
    await using waiter = await actor(runtime, fresh.name);
    let woken = 0;
    const waits = Array.from({ length: 4 }, () => semaphore.wait().then(() => woken++));
    waiter.tell("wait");
    await pause(20);
    await ask(poster, "post 4");
    await Promise.race([Promise.all(waits), waiter.line()]);
    await pause(20);
    assertEquals(semaphore.value, 0);
    semaphore.post();
    await Promise.all(waits);
    assertEquals(woken, 4);
  });

  test(`a poster (${runtime}) that dies after its unit is there has posted it`, async () => {
    using fresh = freshName("posted");
    using semaphore = Semaphore.open(fresh.name, { initial: 0 });
    using binary = BinarySemaphore.open(fresh.name, { initial: 0 });
    for (const [command, waits] of [["post", semaphore], ["postBinary", binary]] as const) {
      const waiting = waits.wait({ timeout: 5000 });
      await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: "post:added" });
      victim.tell(command);
      await stopped(victim.pid);
      victim.signal("SIGKILL");
      await waiting;
      assertEquals(waits.value, 0);
    }
  });

  test(`a poster (${runtime}) that dies between its two steps has not posted`, async () => {
    using fresh = freshName("claimed");
    using binary = BinarySemaphore.open(fresh.name, { initial: 0 });
    const early = binary.wait({ timeout: 5000 });
    await using victim = await actor(runtime, fresh.name, { PROCREF_PAUSE: "post:claimed" });
    victim.tell("postBinary");
    await stopped(victim.pid);
    const late = binary.wait({ timeout: 5000 });
    // It is posting, for all that anybody knows.
    assertEquals(assertThrows(() => binary.post(), ProcrefError).code, "overflow");
    victim.signal("SIGKILL");
    await victim.ended;
    assertEquals(binary.tryWait(), false);
    binary.post();
    await Promise.race([early, late]);
    binary.post();
    await Promise.all([early, late]);
  });

  test(`a waiter (${runtime}) that dies takes no unit with it`, async () => {
    using fresh = freshName("waiter");
    using semaphore = Semaphore.open(fresh.name, { initial: 0 });
    await using victim = await actor(runtime, fresh.name);
    victim.tell("wait");
    await pause(30);
    const waiting = semaphore.wait({ timeout: 5000 });
    victim.signal("SIGKILL");
    await victim.ended;
    semaphore.post();
    await waiting;
    semaphore.post();
    assertEquals(semaphore.value, 1);
  });
}

test("of 8 processes that post to a binary semaphore, one succeeds", async () => {
  for (const waiters of [0, 1]) {
    using fresh = freshName("binary");
    using binary = BinarySemaphore.open(fresh.name, { initial: 0 });
    await using all = new AsyncDisposableStack();
    const actors = await Promise.all(
      Array.from({ length: 8 }, (_, index) => actor(index % 2 ? "deno" : "bun", fresh.name)),
    );
    for (const one of actors) all.use(one);
    // With a waiter that is long dead: its announcement must not let a second one through.
    for (const waiter of actors.slice(0, waiters)) {
      waiter.tell("waitBinary");
      await pause(30);
      waiter.signal("SIGKILL");
      await waiter.ended;
    }
    const answers = await Promise.all(actors.slice(waiters).map((one) => ask(one, "postBinary")));
    assertEquals(answers.filter((answer) => answer === "posted").length, 1, answers.join());
    assertEquals(binary.value, 1);
  }
});

test("every post to a binary semaphore that succeeds ends one wait, however they race", async () => {
  using fresh = freshName("pairs");
  using binary = BinarySemaphore.open(fresh.name, { initial: 0 });
  await using all = new AsyncDisposableStack();
  const actors = await Promise.all([...RUNTIMES, ...RUNTIMES].map((one) => actor(one, fresh.name)));
  for (const one of actors) all.use(one);
  const [waiter, ...posters] = actors;
  if (waiter === undefined) return;
  // Posters that never rest leave a crowded machine few turns for the waiter: as many rounds as it takes.
  for (let posted = 0, waited = 0; posted <= 100;) {
    const drained = ask(waiter, "drain 300");
    const answers = await Promise.all(posters.map((one) => ask(one, "hammerPosts 1000")));
    posted += answers.map(numberIn).reduce((sum, one) => sum + one);
    waited += numberIn(await drained);
    assertEquals(waited + binary.value, posted);
  }
});
