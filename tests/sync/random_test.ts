import { assert, assertEquals } from "@std/assert";
import { Mutex, SharedArray } from "@procref/procref/sync";
import { type Program, RUNTIMES, test } from "../harness/mod.ts";
import { actor, freshName, pause } from "./stage.ts";

test("while processes are killed at random, two are never inside and the lock always passes on", async () => {
  using fresh = freshName("random");
  using mutex = Mutex.open(fresh.name);
  // Who is inside, how often somebody met another one there, how many turns there were.
  const values = SharedArray.open(fresh.name, Float64Array, 1);
  const board = SharedArray.open(`${fresh.name}-board`, Int32Array, 3);
  await using all = new AsyncDisposableStack();
  const crew: Program[] = [];
  const hire = async (index: number) => {
    const one = await actor(RUNTIMES[index % 2] ?? "bun", fresh.name);
    all.use(one);
    one.tell("patrol");
    return one;
  };
  for (let index = 0; index < 4; index++) crew.push(await hire(index));
  let killed = 0;
  for (const end = performance.now() + 3000; performance.now() < end; killed++) {
    await pause(Math.random() * 60);
    const index = Math.floor(Math.random() * crew.length);
    crew[index]?.signal("SIGKILL");
    crew[index] = await hire(index);
  }
  for (const one of crew) {
    one.signal("SIGKILL");
    await one.ended;
  }
  using guard = await mutex.lock({ timeout: 1000 });
  assertEquals(typeof guard.abandoned, "boolean");
  const [, met, turns] = board;
  assertEquals(met, 0);
  assert((turns ?? 0) > killed, `${turns} turns, ${killed} killed`);
  values.close();
  board.close();
  SharedArray.unlink(`${fresh.name}-board`);
});
