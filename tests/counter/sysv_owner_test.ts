import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PermissionError, SystemError } from "../../src/counter/mod.ts";
import { SEMAPHORES } from "../../src/counter/sysv/layout.ts";
import { test } from "../harness/mod.ts";
import { counterAt, freshKey, plant, plantAsNobody, setAt } from "./sets.ts";

// Root passes the kernel's permission checks: a set that somebody planted at a name's key has to be noticed.

test("acquire() and tryLock() refuse a set that another user planted", () => {
  using planted = plantAsNobody(SEMAPHORES);
  const counter = counterAt(planted.key, 1);
  assertThrows(() => counter.acquire(), PermissionError, "belongs to user 65534");
  const error = assertThrows(() => counter.tryLock(), PermissionError, counter.name);
  assertEquals(error.code, "permission_denied");
});

test("lock() and waitForZero() refuse a set that another user planted", async () => {
  using planted = plantAsNobody(SEMAPHORES);
  const counter = counterAt(planted.key, 1);
  await assertRejects(() => counter.lock(), PermissionError, "65534");
  await assertRejects(() => counter.waitForZero(), PermissionError, "65534");
});

test("count() refuses a set that another user planted", () => {
  using planted = plantAsNobody(SEMAPHORES);
  assertThrows(() => counterAt(planted.key, 1).count(), PermissionError, "65534");
});

test("a planted set is left as it was", () => {
  using planted = plantAsNobody(SEMAPHORES);
  assertThrows(() => counterAt(planted.key, 1).acquire(), PermissionError);
  const { id, owner, mode } = setAt(planted.key) ?? {};
  assertEquals({ id, owner, mode }, { id: planted.id, owner: planted.owner, mode: planted.mode });
});

test("a set of this user that others may use is refused with its mode", () => {
  const key = freshKey();
  using _planted = plant(key, SEMAPHORES, 0o666);
  assertThrows(() => counterAt(key, 1).acquire(), PermissionError, "mode 666");
});

test("a set with more semaphores than ours is refused", () => {
  const key = freshKey();
  using _planted = plant(key, SEMAPHORES + 1, 0o600);
  assertThrows(() => counterAt(key, 1).acquire(), PermissionError, "not made by procref");
});

test("a set with fewer semaphores than ours is a SystemError of semget", () => {
  const key = freshKey();
  using _planted = plant(key, 2, 0o600);
  const error = assertThrows(() => counterAt(key, 1).acquire(), SystemError, "EINVAL");
  assertEquals(error.syscall, "semget");
});
