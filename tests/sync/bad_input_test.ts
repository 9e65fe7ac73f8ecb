import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import {
  BinarySemaphore,
  ConditionVariable,
  Monitor,
  Mutex,
  PermissionError,
  ProcrefError,
  Semaphore,
  SharedArray,
  SharedMemory,
} from "@procref/procref/sync";
import { linuxTest, RUNTIMES, start, test } from "../harness/mod.ts";
import { freshName } from "./stage.ts";

const KINDS = [Mutex, Monitor, Semaphore, BinarySemaphore, ConditionVariable];
const SHM = "/dev/shm/";

/** The file that a fresh object made: the one that was not there before. */
function fileOf(make: () => Disposable): string {
  const before = new Set(readdirSync(SHM));
  make()[Symbol.dispose]();
  return SHM + readdirSync(SHM).find((entry) => !before.has(entry) && entry.startsWith("procref-"));
}

function poke(path: string, offset: number, value: number): void {
  const file = openSync(path, "r+");
  writeSync(file, new Uint8Array(new Int32Array([value]).buffer), 0, 4, offset);
  closeSync(file);
}

function codeOf(open: () => unknown): string {
  return assertThrows(open, ProcrefError).code;
}

test("names are 1 to 255 bytes of text without NUL, for every kind", () => {
  for (const kind of KINDS) {
    for (const name of ["", "x".repeat(256), "ä".repeat(128)]) {
      assertThrows(() => kind.open(name), RangeError);
      assertThrows(() => kind.unlink(name), RangeError);
    }
    for (const name of ["a\0b", "\ud800", JSON.parse("5"), JSON.parse("null")]) {
      assertThrows(() => kind.open(name), TypeError);
    }
    assertEquals(kind.unlink("never made"), false);
  }
  for (const name of ["a/../b", "a b", "ä".repeat(127), " ", "."]) {
    Mutex.open(name).close();
    assertEquals(Mutex.unlink(name), true);
  }
});

test("create says what must be", () => {
  using fresh = freshName("create");
  const { name } = fresh;
  for (const kind of KINDS) {
    assertEquals(codeOf(() => kind.open(name, { create: false })), "not_found");
    kind.open(name, { create: "exclusive" }).close();
    assertEquals(codeOf(() => kind.open(name, { create: "exclusive" })), "exists");
    kind.open(name, { create: false }).close();
    assertThrows(() => kind.open(name, { create: JSON.parse('"never"') }), TypeError);
  }
  assertEquals(codeOf(() => SharedMemory.open(name, { create: false })), "not_found");
  assertThrows(() => SharedMemory.open(name), TypeError);
});

test("a size of 0, negative, NaN, a fraction or beyond the limit is refused, and nothing is made", () => {
  using fresh = freshName("size");
  for (const size of [0, -1, NaN, 1.5, Infinity, 2 ** 31, 2 ** 53]) {
    assertThrows(() => SharedMemory.open(fresh.name, { size }), RangeError);
    assertThrows(() => SharedArray.open(fresh.name, Float64Array, size), RangeError);
  }
  assertThrows(() => SharedMemory.open(fresh.name, { size: JSON.parse('"8"') }), TypeError);
  assertThrows(() => SharedArray.open(fresh.name, JSON.parse("{}"), 1), TypeError);
  assertEquals(SharedMemory.unlink(fresh.name), false);
  SharedMemory.open(fresh.name, { size: 64 }).close();
  assertEquals(codeOf(() => SharedMemory.open(fresh.name, { size: 65 })), "mismatch");
});

test("counts, timeouts and signals are checked", async () => {
  using fresh = freshName("values");
  for (const initial of [-1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => Semaphore.open(fresh.name, { initial }), RangeError);
  }
  assertThrows(() => BinarySemaphore.open(fresh.name, { initial: JSON.parse("2") }), RangeError);
  using semaphore = Semaphore.open(fresh.name, { initial: 2 ** 30 });
  for (const units of [0, -1, NaN, 1.5, 1]) assertThrows(() => semaphore.post(units), RangeError);
  using mutex = Mutex.open(fresh.name);
  for (const timeout of [-1, NaN]) {
    await assertRejects(() => mutex.lock({ timeout }), RangeError);
    assertThrows(() => mutex.lockSync({ timeout }), RangeError);
    await assertRejects(() => semaphore.wait({ timeout }), RangeError);
  }
});

linuxTest("the file has mode 600, and what somebody else made or planted is refused", () => {
  using fresh = freshName("planted");
  const { name } = fresh;
  const path = fileOf(() => SharedMemory.open(name, { size: 64 }));
  assertEquals(statSync(path).mode & 0o777, 0o600);
  chownSync(path, 65534, 65534);
  assertThrows(() => SharedMemory.open(name, { size: 64 }), PermissionError, "65534");
  unlinkSync(path);
  symlinkSync("/etc/passwd", path);
  assertThrows(() => SharedMemory.open(name, { size: 64 }), PermissionError);
  unlinkSync(path);
  execFileSync("mkfifo", ["-m", "600", path]);
  assertThrows(() => SharedMemory.open(name, { size: 64 }), PermissionError);
  unlinkSync(path);
  mkdirSync(path);
  assertThrows(() => SharedMemory.open(name, { size: 64 }), PermissionError);
  rmdirSync(path);
});

linuxTest("a truncated object is an error before it is mapped", () => {
  using fresh = freshName("short");
  for (const length of [4096 + 511, 512, 511, 100, 0]) {
    const path = fileOf(() => SharedMemory.open(fresh.name, { size: 4096 }));
    truncateSync(path, length);
    assertEquals(codeOf(() => SharedMemory.open(fresh.name)), "corrupt");
    SharedMemory.unlink(fresh.name);
  }
});

linuxTest("a header of another version, kind or name, or garbage, is a typed error", () => {
  using fresh = freshName("header");
  const path = fileOf(() => Mutex.open(fresh.name));
  const cases: [number, number, string][] = [
    [0, 0x12345678, "corrupt"], // magic
    [8, 2, "mismatch"], // version
    [12, 4, "mismatch"], // kind
    [16, 0, "corrupt"], // size
    [16, -1, "corrupt"],
    [24, 1, "mismatch"], // pid namespace
    [32, 1 << 20, "mismatch"], // length of the name
    [64, 0, "mismatch"], // name
  ];
  for (const [offset, value, code] of cases) {
    Mutex.unlink(fresh.name);
    Mutex.open(fresh.name).close();
    poke(path, offset, value);
    assertEquals(codeOf(() => Mutex.open(fresh.name)), code, `${offset}`);
  }
});

linuxTest(
  "garbage in a word is a typed error, or the lock of a thread that has ended",
  async () => {
    using fresh = freshName("word");
    const { name } = fresh;
    const lock = fileOf(() => Mutex.open(name));
    using mutex = Mutex.open(name);
    for (const garbage of [1 << 30, 1 << 31, -1 << 30]) {
      poke(lock, 512, garbage);
      assertEquals(codeOf(() => mutex.tryLock()), "corrupt");
      assertEquals((await assertRejects(() => mutex.lock(), ProcrefError)).code, "corrupt");
      assertEquals(codeOf(() => mutex.lockSync()), "corrupt");
    }
    poke(lock, 512, 0x3fffff);
    const guard = mutex.tryLock();
    assertEquals(guard?.abandoned, true);
    poke(lock, 512, 5);
    assertEquals(codeOf(() => guard?.release()), "corrupt");
    guard?.release();

    const count = fileOf(() => Semaphore.open(name));
    using semaphore = Semaphore.open(name);
    poke(count, 512, 0x7fffffff);
    for (const use of [() => semaphore.value, () => semaphore.post(), () => semaphore.tryWait()]) {
      assertEquals(codeOf(use), "corrupt");
    }
    const bit = fileOf(() => BinarySemaphore.open(name));
    using binary = BinarySemaphore.open(name);
    poke(bit, 512, 2);
    for (const use of [() => binary.value, () => binary.post()]) {
      assertEquals(
        codeOf(use),
        "corrupt",
      );
    }

    const table = fileOf(() => ConditionVariable.open(name));
    using condition = ConditionVariable.open(name);
    poke(table, 512 + 8, 5000);
    assertEquals(codeOf(() => condition.signal()), "corrupt");
    poke(table, 512 + 8, 1);
    poke(table, 512 + 64, 1 << 30);
    assertEquals(codeOf(() => condition.broadcast()), "corrupt");
    poke(lock, 512, 0);
    using held = mutex.lockSync();
    assertEquals((await assertRejects(() => condition.wait(held), ProcrefError)).code, "corrupt");
    // The failed wait has not given the lock away.
    assertEquals(mutex.tryLock(), undefined);
  },
);

test("importing needs no permission, and a call without --allow-ffi says which flag it needs", async () => {
  const script = new URL("imported.ts", import.meta.url);
  // Deno's node:child_process grants everything to a Deno that is granted nothing: so all is denied.
  const kinds = ["read", "write", "net", "env", "run", "ffi", "sys", "import"];
  for (const runtime of RUNTIMES) {
    await using program = start(runtime, script, { flags: kinds.map((kind) => `--deny-${kind}`) });
    assertEquals(await program.line(), "imported");
    const answer = await program.line();
    if (runtime === "deno") assertStringIncludes(answer, "--allow-ffi");
    else assertEquals(answer, "opened");
  }
});
