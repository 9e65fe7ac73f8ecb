import { assert, assertEquals } from "@std/assert";
import { MACH } from "../../../ffi/numbers/mach.ts";
import type { MachCounter } from "../../../src/counter/mach/counter.ts";
import { ASK, encodeName, serviceName } from "../../../src/counter/mach/protocol.ts";
import { Space } from "../../../src/counter/mach/space.ts";
import { ProcrefError } from "../../../src/counter/mod.ts";
import { test } from "../../harness/mod.ts";
import { Actor, type Client, Killed, World } from "./world.ts";

const NAME = "counter";

type Step = (counter: MachCounter) => unknown;

/** What a process does until it is killed. */
const LIVES: Readonly<Record<string, readonly Step[]>> = {
  "takes a reference and gives it back": [(c) => c.acquire(), (c) => c.release()],
  "takes three and gives two back": [
    (c) => c.acquire(),
    (c) => c.acquire(),
    (c) => c.acquire(),
    (c) => c.release(),
    (c) => c.release(),
  ],
  "takes the lock and frees it": [(c) => c.tryLock(), (c) => c.unlock()],
  "takes both, and closes": [
    (c) => c.acquire(),
    (c) => c.tryLock(),
    (c) => c.count(),
    (c) => c.close(),
  ],
  "comes, goes and comes again": [
    (c) => c.acquire(),
    (c) => c.release(),
    (c) => c.acquire(),
    (c) => c.tryLock(),
  ],
};

/** False if it was killed on its way. */
function live(steps: readonly Step[], counter: MachCounter): boolean {
  try {
    for (const step of steps) step(counter);
    return true;
  } catch (error) {
    if (error instanceof Killed) return false;
    // Its lock went with a keeper that was killed, and another one has it now.
    if (error instanceof ProcrefError && error.code === "not_held") return true;
    throw error;
  }
}

function end(world: World, ...clients: readonly Client[]): void {
  for (const { task } of clients) world.kernel.terminate(task);
  world.run();
  world.idle();
  assertEquals(world.keepersAlive, 0, "a keeper stays although nothing is held");
  assertEquals(world.kernel.ports.size, 0, "ports are left");
}

for (const eager of [false, true]) {
  const when = eager ? "the keeper always ahead" : "the keeper only when waited for";

  for (const [title, steps] of Object.entries(LIVES)) {
    test(`killed at any step, a process that ${title} leaves the count exact and the lock free (${when})`, () => {
      let killed = true;
      for (let left = 1; killed; left++) {
        const world = new World(eager);
        const [witness, victim] = [world.client(), world.client()];
        const counter = witness.open(NAME);
        assertEquals(counter.acquire(), 1);
        victim.left = left;
        killed = !live(steps, victim.open(NAME));
        world.kernel.terminate(victim.task);
        assertEquals([counter.count(), counter.acquire()], [1, 2], `killed at step ${left}`);
        assertEquals(counter.tryLock(), true, `killed at step ${left}`);
        counter.unlock();
        assertEquals([counter.release(), counter.release()], [1, 0], `killed at step ${left}`);
        end(world, witness);
      }
    });

    test(`killed at any step, alone, a process that ${title} leaves nothing (${when})`, () => {
      let killed = true;
      for (let left = 1; killed; left++) {
        const world = new World(eager);
        const victim = world.client();
        victim.left = left;
        killed = !live(steps, victim.open(NAME));
        world.kernel.terminate(victim.task);
        const next = world.client();
        const counter = next.open(NAME);
        assertEquals([counter.acquire(), counter.release()], [1, 0], `killed at step ${left}`);
        end(world, next);
      }
    });

    test(`while a process ${title}, its keeper may be killed at any step: nobody hangs, nothing is left (${when})`, () => {
      let reached = true;
      for (let left = 1; reached; left++) {
        const world = new World(eager);
        const [one, other] = [world.client(), world.client()];
        world.keeperLeft = left;
        const counter = other.open(NAME);
        counter.acquire();
        assert(live(steps, one.open(NAME)), "it was not the one to be killed");
        counter.tryLock();
        counter.close();
        reached = world.keeperSteps >= left;
        world.kernel.terminate(one.task);
        assertEquals([counter.acquire(), counter.release()], [1, 0], `killed at step ${left}`);
        end(world, other);
      }
    });
  }

  test(`killed at any step, a process that holds the lock hands it to the one who waits (${when})`, async () => {
    let killed = true;
    for (let left = 1; killed; left++) {
      const world = new World(eager);
      const [waiter, victim] = [world.client(), world.client()];
      const counter = waiter.open(NAME);
      const victims = victim.open(NAME);
      victims.tryLock();
      const locked = counter.lock();
      victim.left = left;
      killed = !live([(c) => c.acquire(), (c) => c.release(), (c) => c.unlock()], victims);
      world.kernel.terminate(victim.task);
      await locked;
      assertEquals([counter.tryLock(), counter.count()], [false, 0], `killed at step ${left}`);
      counter.unlock();
      end(world, waiter);
    }
  });

  test(`killed at any step, a process that waits for the lock is passed over (${when})`, async () => {
    let killed = true;
    for (let left = 1; killed; left++) {
      const world = new World(eager);
      const [holder, victim, last] = [world.client(), world.client(), world.client()];
      const counter = holder.open(NAME);
      counter.tryLock();
      victim.left = left;
      const waiting = victim.open(NAME).lock().then(() => false, (error) => error);
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
      killed = victim.left <= 0;
      world.kernel.terminate(victim.task);
      void waiting;
      const locked = last.open(NAME).lock();
      counter.unlock();
      await locked;
      end(world, holder, last);
    }
  });

  test(`killed at any step, the last holder wakes those who wait for zero (${when})`, async () => {
    let killed = true;
    for (let left = 1; killed; left++) {
      const world = new World(eager);
      const [watcher, victim] = [world.client(), world.client()];
      const victims = victim.open(NAME);
      victims.acquire();
      victims.acquire();
      const zero = watcher.open(NAME).waitForZero();
      victim.left = left;
      killed = !live([(c) => c.release(), (c) => c.release()], victims);
      world.kernel.terminate(victim.task);
      await zero;
      end(world, watcher);
    }
  });
}

test("a process of another user is not served", () => {
  const world = new World(false);
  const mine = world.client();
  const counter = mine.open(NAME);
  counter.acquire();
  const stranger = new Actor(world, 999, 502);
  const space = new Space(stranger.kernel);
  const name = space.lookUp(serviceName(501)) ?? 0;
  const answer = space.ask({
    id: ASK.acquire,
    to: { name, disposition: MACH.MACH_MSG_TYPE_COPY_SEND },
    answerTo: space.allocate(),
    payload: encodeName(NAME),
  }, 10);
  assertEquals([answer, counter.count()], ["lost", 1]);
  world.kernel.terminate(stranger.task);
  counter.release();
  end(world, mine);
});
