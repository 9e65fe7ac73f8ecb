import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProcrefError, SharedArray, SharedMemory, SharedMemoryFile } from "@procref/procref/sync";
import { RUNTIMES, test } from "../harness/mod.ts";
import { actor, ask, freshName } from "./stage.ts";

test("every type is read as it was written, in both byte orders, and bounds are checked", () => {
  using fresh = freshName("types");
  using memory = SharedMemory.open(fresh.name, { size: 16 });
  const cases = [
    ["Int8", -5, 1],
    ["Uint8", 250, 1],
    ["Int16", -30000, 2],
    ["Uint16", 60000, 2],
    ["Int32", -2000000000, 4],
    ["Uint32", 4000000000, 4],
    ["Float32", 1.5, 4],
    ["Float64", Math.PI, 8],
  ] as const;
  for (const [type, value, size] of cases) {
    for (const little of [true, false]) {
      memory[`set${type}`](3, value, little);
      assertEquals(memory[`get${type}`](3, little), value);
    }
    memory[`set${type}`](16 - size, value);
    for (const offset of [17 - size, -1, 1.5, NaN, Infinity]) {
      assertThrows(() => memory[`get${type}`](offset), RangeError);
      assertThrows(() => memory[`set${type}`](offset, value), RangeError);
    }
  }
  for (const type of ["BigInt64", "BigUint64"] as const) {
    memory[`set${type}`](5, 2n ** 60n, false);
    assertEquals(memory[`get${type}`](5, false), 2n ** 60n);
    assertThrows(() => memory[`get${type}`](9), RangeError);
  }
  memory.setUint16(0, 0x0102);
  assertEquals([memory.getUint8(0), memory.getUint8(1)], [2, 1]);
});

test("arrays are copied in and out at any offset, in both byte orders", () => {
  using fresh = freshName("arrays");
  using memory = SharedMemory.open(fresh.name, { size: 32 });
  for (const little of [true, false]) {
    memory.setArray(3, new Float32Array([1, -2, 3.5]), little);
    assertEquals([...memory.getArray(Float32Array, 3, 3, little)], [1, -2, 3.5]);
    assertEquals(memory.getFloat32(7, little), -2);
  }
  assertThrows(() => memory.getArray(Float64Array, 0, 5), RangeError);
  assertThrows(() => memory.setArray(29, new Int32Array(1)), RangeError);
  assertEquals(memory.getUint8(29), 0);
});

test("two objects of one name see one memory, and views are the memory itself", () => {
  using fresh = freshName("views");
  using one = SharedMemory.open(fresh.name, { size: 64 });
  using other = SharedMemory.open(fresh.name);
  assertEquals(other.byteLength, 64);
  const view = one.view(Int32Array, 8, 2);
  Atomics.add(view, 1, 7);
  assertEquals(other.getInt32(12), 7);
  assertEquals(one.view(Uint8Array).length, 64);
  assertThrows(() => one.view(Int32Array, 2), RangeError);
  assertThrows(() => one.view(Int32Array, 8, 15), RangeError);
  assertThrows(() => one.view(Int32Array, 68), RangeError);
});

test("a view that is used after close() is an error or undefined, never a fault", () => {
  using fresh = freshName("detached");
  const memory = SharedMemory.open(fresh.name, { size: 4096 });
  const view = memory.view(Int32Array);
  const part = view.subarray(4);
  const data = new DataView(view.buffer);
  memory.close();
  memory.close();
  assertEquals([view[0], view.length, part[0], memory.byteLength], [undefined, 0, undefined, 0]);
  assertThrows(() => data.getInt8(0), TypeError);
  assertThrows(() => Atomics.load(view, 0), TypeError);
  for (
    const use of [() => memory.getInt8(0), () => memory.view(Int8Array), () => memory.readObject()]
  ) {
    assertEquals(assertThrows(use, ProcrefError).code, "closed");
  }
});

test("memory that a user's transfer() has moved stays mapped, so that it is no fault either", () => {
  using fresh = freshName("moved");
  const memory = SharedMemory.open(fresh.name, { size: 4096 });
  memory.setInt32(0, 42);
  const { buffer } = memory.view(Int32Array);
  assert(buffer instanceof ArrayBuffer);
  const moved = new Int32Array(buffer.transfer());
  memory.close();
  assertEquals(moved[0], 42);
});

test("objects cross processes and runtimes", async () => {
  using fresh = freshName("objects");
  using memory = SharedMemory.open(fresh.name, { size: 4096 });
  const value = {
    list: [1, -2.5, "ä", null, true, 2n ** 63n],
    nested: { bytes: new Uint8Array([9]) },
  };
  const length = memory.writeObject(value, 100);
  assertEquals(memory.readObject(100), value);
  assertEquals(memory.writeObject(["next"], 100 + length) > 16, true);
  assertEquals(memory.readObject(100), value);
  for (const [writer, reader] of [RUNTIMES, [...RUNTIMES].reverse()]) {
    await using one = await actor(writer ?? "deno", fresh.name);
    await using other = await actor(reader ?? "bun", fresh.name);
    assertEquals(await ask(one, `write from-${writer}`), "written");
    assertEquals(JSON.parse(await ask(other, "read")).text, `from-${writer}`);
  }
});

test("an object that does not fit is a RangeError and writes nothing; one that cannot be written a TypeError", () => {
  using fresh = freshName("fit");
  using memory = SharedMemory.open(fresh.name, { size: 64 });
  memory.writeObject("kept");
  assertThrows(() => memory.writeObject("x".repeat(64)), RangeError);
  assertThrows(() => memory.writeObject("x", 60), RangeError);
  assertThrows(() => memory.writeObject("x", -1), RangeError);
  assertThrows(() => memory.readObject(60), RangeError);
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [undefined, () => {}, new Map(), 2n ** 64n, circle]) {
    assertThrows(() => memory.writeObject(value), TypeError);
  }
  assertEquals(memory.readObject(), "kept");
});

test("garbage is no object: it is a typed error", () => {
  using fresh = freshName("garbage");
  using memory = SharedMemory.open(fresh.name, { size: 64 });
  const corrupt = () =>
    assertEquals(assertThrows(() => memory.readObject(), ProcrefError).code, "corrupt");
  corrupt();
  const length = memory.writeObject({ a: [1, 2, 3] });
  for (let offset = 0; offset < length; offset++) {
    if (offset >= 12 && offset < 16) continue; // reserved
    const byte = memory.getUint8(offset);
    memory.setUint8(offset, byte ^ 0x55);
    corrupt();
    memory.setUint8(offset, byte);
  }
  assertEquals(memory.readObject(), { a: [1, 2, 3] });
});

test("an array is iterable, checks its bounds and keeps its type", () => {
  using fresh = freshName("array");
  using array = SharedArray.open(fresh.name, Float64Array, 3);
  array.set(0, 1);
  array.set(-1, 3);
  assertEquals([...array, array.length, array.at(-1), array.at(3)], [1, 0, 3, 3, 3, undefined]);
  for (const index of [3, -4, 0.5, NaN]) assertThrows(() => array.set(index, 1), RangeError);
  using other = SharedArray.open(fresh.name, Float64Array, 3);
  assertEquals([...other], [1, 0, 3]);
  for (
    const open of [
      () => SharedArray.open(fresh.name, Float32Array, 6),
      () => SharedArray.open(fresh.name, Float64Array, 4),
    ]
  ) assertEquals(assertThrows(open, ProcrefError).code, "mismatch");
  using big = freshName("bigints");
  using bigints = SharedArray.open(big.name, BigInt64Array, 1);
  bigints.set(0, -5n);
  assertEquals([...bigints], [-5n]);
});

test("a file over memory reads, writes, seeks, ends, and streams", async () => {
  using fresh = freshName("file");
  using memory = SharedMemory.open(fresh.name, { size: 200_000 });
  const file = new SharedMemoryFile(memory);
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  assertEquals(file.write(bytes), 50_000);
  assertEquals([file.position, file.size, file.eof], [50_000, 200_000, false]);
  assertEquals(file.seek(-50_000, "current"), 0);
  assertEquals(file.read(50_000), bytes);
  assertEquals(file.seek(0, "end"), 200_000);
  assertEquals([file.eof, file.read().length], [true, 0]);
  assertThrows(() => file.write(new Uint8Array(1)), RangeError);
  assertThrows(() => file.seek(1, "end"), RangeError);
  assertThrows(() => file.seek(-1), RangeError);
  file.seek(0);
  await new Response(bytes).body?.pipeTo(file.writable);
  assertEquals(file.position, 50_000);
  file.seek(0);
  const all = new Uint8Array(await new Response(file.readable).arrayBuffer());
  assertEquals([all.length, file.eof], [200_000, true]);
  assertEquals(all.subarray(0, 50_000), bytes);
  file.seek(199_999);
  await assertRejects(
    async () => await new Response(bytes).body?.pipeTo(file.writable),
    RangeError,
  );
  memory.close();
  assertEquals(assertThrows(() => file.read(), ProcrefError).code, "closed");
});
