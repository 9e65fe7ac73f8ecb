import { assertEquals, assertThrows } from "@std/assert";
import { Mutex, ProcrefError, SharedMemory } from "@procref/procref/sync";
import { namesWith, ownPrefix } from "../../src/object/named.ts";
import { uniqueName, windowsTest as test } from "../harness/mod.ts";

test("an object is there as long as anybody has it open, and then gone, contents and all", () => {
  const name = uniqueName("volatile");
  const first = SharedMemory.open(name, { size: 8 });
  const second = SharedMemory.open(name);
  first.setInt32(0, 7);
  first.close();
  assertEquals(second.getInt32(0), 7);
  second.close();
  const error = assertThrows(() => SharedMemory.open(name, { create: false }), ProcrefError);
  assertEquals([error.code, SharedMemory.unlink(name)], ["not_found", false]);
});

test("an unlinked object stays with those who have it, and its name goes to another", () => {
  const name = uniqueName("unlinked");
  using old = SharedMemory.open(name, { size: 4 });
  old.setInt32(0, 1);
  assertEquals([SharedMemory.unlink(name), SharedMemory.unlink(name)], [true, false]);
  using fresh = SharedMemory.open(name, { size: 4, create: "exclusive" });
  using again = SharedMemory.open(name);
  fresh.setInt32(0, 2);
  assertEquals([old.getInt32(0), again.getInt32(0)], [1, 2]);
});

test("an object that is there, or has another size, is told", () => {
  const name = uniqueName("shape");
  using one = SharedMemory.open(name, { size: 64 });
  const exclusive = () => SharedMemory.open(name, { size: 64, create: "exclusive" });
  assertEquals(assertThrows(exclusive, ProcrefError).code, "exists");
  assertEquals(
    assertThrows(() => SharedMemory.open(name, { size: 65 }), ProcrefError).code,
    "mismatch",
  );
  assertEquals(one.byteLength, 64);
});

test("names with backslashes, and kinds of one name, are different objects", () => {
  const names = ["Global\\x", "global\\x", "..\\x", "CON"].map((name) => uniqueName(name));
  const all = names.flatMap((name) => [Mutex.open(name), SharedMemory.open(name, { size: 4 })]);
  using guard = (all[0] as Mutex).tryLock();
  assertEquals([guard !== undefined, (all[2] as Mutex).locked], [true, false]);
  all.forEach((one) => one.close());
  guard?.release();
  const left = namesWith(ownPrefix()).filter((name) => name.includes("-sync-"));
  assertEquals(left, []);
});
