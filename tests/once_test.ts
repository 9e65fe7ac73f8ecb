import { assertEquals, assertRejects } from "@std/assert";
import { once } from "../src/once.ts";
import { test } from "./harness/mod.ts";

test("what is loaded at its first use is loaded once, for all who ask meanwhile", async () => {
  let loads = 0;
  const load = once(() => Promise.resolve(++loads));
  assertEquals(await Promise.all([load(), load()]), [1, 1]);
  assertEquals(await load(), 1);
});

test("a load that failed is tried again", async () => {
  let loads = 0;
  const load = once(() =>
    ++loads === 1 ? Promise.reject(new Error("EMFILE")) : Promise.resolve(loads)
  );
  await assertRejects(load, Error, "EMFILE");
  assertEquals(await load(), 2);
});
