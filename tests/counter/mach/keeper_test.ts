import { assertEquals } from "@std/assert";
import { test } from "../../harness/mod.ts";
import { World } from "./world.ts";

const NAME = "counter";

test("the keeper stays while anything is held, and leaves when nothing is", () => {
  const world = new World(false);
  const counter = world.client().open(NAME);
  counter.acquire();
  world.idle();
  assertEquals([world.keepersAlive, counter.count()], [1, 1]);
  counter.release();
  world.idle();
  assertEquals([world.keepersAlive, counter.count()], [0, 0]);
});

test("a keeper that left and one that came are told apart by those who knew the old one", () => {
  const world = new World(false);
  const [first, second] = [world.client().open(NAME), world.client().open(NAME)];
  first.acquire();
  first.release();
  world.idle();
  second.acquire();
  assertEquals([first.count(), first.acquire(), second.count()], [1, 2, 2]);
});

test("coming and going a hundred times leaves no port and no name", async () => {
  const world = new World(false);
  const client = world.client();
  const counter = client.open(NAME);
  const look = () => [world.kernel.ports.size, client.task.names];
  const holder = world.client().open(NAME);
  holder.tryLock();
  // The first time of everything makes what stays: the port for answers, the set for waits.
  let before: number[] = [];
  for (let turn = 0; turn < 100; turn++) {
    counter.acquire();
    counter.release();
    await counter.lock({ timeout: 0 }).catch(() => {});
    await counter.lock({ signal: AbortSignal.timeout(1) }).catch(() => {});
    world.run();
    if (turn === 0) before = look();
  }
  assertEquals(look(), before);
});

test("references that died with their keeper leave no name", () => {
  const world = new World(false);
  const client = world.client();
  const counter = client.open(NAME);
  counter.acquire();
  counter.release();
  const before = client.task.names;
  for (let turn = 0; turn < 20; turn++) {
    counter.acquire();
    counter.acquire();
    counter.tryLock();
    world.killKeepers();
    assertEquals([counter.release(), counter.count(), counter.tryLock()], [0, 0, true]);
    counter.close();
  }
  assertEquals(client.task.names, before);
});

test("a waiter that dies while the lock is being freed is passed over, whenever that is", async () => {
  let reached = true;
  for (let moment = 1; reached; moment++) {
    const world = new World(false);
    const [holder, victim, next] = [world.client(), world.client(), world.client()];
    const counter = holder.open(NAME);
    counter.tryLock();
    void victim.open(NAME).lock();
    const locked = next.open(NAME).lock();
    await new Promise((resolve) => setTimeout(resolve));
    const start = holder.steps;
    reached = false;
    holder.onStep = (step) => {
      if (step !== start + moment) return;
      reached = true;
      world.kernel.terminate(victim.task);
    };
    counter.unlock();
    if (!reached) world.kernel.terminate(victim.task);
    await locked;
  }
});

test("a lock that comes in the instant in which it is no longer wanted goes to the next", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const world = new World(false);
    const [one, other] = [world.client(), world.client()];
    const holder = one.open(NAME);
    const waiter = other.open(NAME);
    holder.tryLock();
    const controller = new AbortController();
    other.onReceived = async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      controller.abort(new Error("no longer"));
    };
    const waiting = waiter.lock({ signal: controller.signal }).then(() => true, () => false);
    await new Promise((resolve) => setTimeout(resolve));
    holder.unlock();
    if (await waiting) waiter.unlock();
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(holder.tryLock(), true, `given up ${turns} turns later`);
  }
});
