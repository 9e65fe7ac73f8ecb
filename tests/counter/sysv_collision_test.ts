import { assertEquals, assertThrows } from "@std/assert";
import { ERRNO } from "../../ffi/errno.ts";
import { SystemError } from "../../src/counter/mod.ts";
import { SLOTS } from "../../src/counter/sysv/layout.ts";
import { placeOf } from "../../src/counter/sysv/place.ts";
import { test } from "../harness/mod.ts";
import { counterAt, freshKey, setAt } from "./sets.ts";

const LARGEST_TAG = 32767;

test("names and kinds get keys and labels of their own, within the kernel's limits", () => {
  const names = Array.from({ length: 1000 }, (_, index) => `name ${index}`);
  const places = names.flatMap((name) => [placeOf("counter", name), placeOf("service", name)]);
  assertEquals(new Set(places.map(({ key }) => key)).size, places.length);
  // Labels are 15 bits: of 2000 some coincide, 60 on average.
  assertEquals(new Set(places.map(({ tag }) => tag)).size > places.length * 0.9, true);
  assertEquals(places.every(({ key, tag }) => key !== 0 && tag >= 1 && tag <= LARGEST_TAG), true);
});

test("names whose keys collide count apart", () => {
  const key = freshKey();
  using one = counterAt(key, 7);
  using other = counterAt(key, LARGEST_TAG);
  assertEquals([one.acquire(), one.acquire(), other.acquire()], [1, 2, 1]);
  assertEquals([one.count(), other.count()], [2, 1]);
  assertEquals([one.release(), other.release(), one.release()], [1, 0, 0]);
});

test("waitForZero() of one name resolves although another with its key is held", async () => {
  const key = freshKey();
  using one = counterAt(key, 1);
  using other = counterAt(key, 2);
  one.acquire();
  other.acquire();
  const zero = one.waitForZero();
  one.release();
  await zero;
});

test("waitForZero() resolves although the name's slot was given to another at once", async () => {
  const key = freshKey();
  const [first, ...rest] = Array.from({ length: SLOTS }, (_, index) => counterAt(key, index + 1));
  using late = counterAt(key, LARGEST_TAG);
  first?.acquire();
  rest.forEach((counter) => counter.acquire());
  const zero = first?.waitForZero();
  first?.release();
  assertEquals(late.acquire(), 1);
  await zero;
  rest.forEach((counter) => counter.close());
});

test("four names on one key count, a fifth is ENOSPC and does the others no harm", () => {
  const key = freshKey();
  const four = Array.from({ length: SLOTS }, (_, index) => counterAt(key, index + 1));
  assertEquals(four.map((counter) => counter.acquire()), [1, 1, 1, 1]);
  using fifth = counterAt(key, SLOTS + 1);
  const error = assertThrows(() => fifth.acquire(), SystemError, fifth.name);
  assertEquals(error.errno, ERRNO.ENOSPC);
  assertEquals([fifth.count(), ...four.map((counter) => counter.acquire())], [0, 2, 2, 2, 2]);
  four.forEach((counter) => counter.close());
});

test("a slot that comes free is the next name's, and its first owner finds another", () => {
  const key = freshKey();
  const [first, ...rest] = Array.from({ length: SLOTS }, (_, index) => counterAt(key, index + 1));
  first?.acquire();
  rest.forEach((counter) => counter.acquire());
  first?.release();
  using fifth = counterAt(key, LARGEST_TAG);
  assertEquals(fifth.acquire(), 1);
  assertThrows(() => first?.acquire(), SystemError, "ENOSPC");
  rest[0]?.release();
  assertEquals([first?.acquire(), fifth.count()], [1, 1]);
  first?.close();
  rest.forEach((counter) => counter.close());
});

test("the last release of one name leaves the set to another with its key", () => {
  const key = freshKey();
  using one = counterAt(key, 1);
  using other = counterAt(key, 2);
  one.acquire();
  other.acquire();
  one.release();
  assertEquals([setAt(key) !== undefined, other.count()], [true, 1]);
  other.release();
  assertEquals(setAt(key), undefined);
});
