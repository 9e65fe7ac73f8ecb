// A producer and a consumer in two processes of two runtimes: whichever of them runs this file starts the other.
//
//   deno run --allow-all examples/sync/producer_consumer.ts
//   bun examples/sync/producer_consumer.ts

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ConditionVariable, Mutex, SharedMemory } from "@procref/procref/sync";

const HERE = fileURLToPath(import.meta.url);
const BUN = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
const runtime = "Bun" in globalThis ? "Bun" : "Deno";

const [, , role = "consumer", name = `example-${crypto.randomUUID()}`] = process.argv;

// The data: how many numbers there are at byte 0, and the numbers as an object from byte 8 on.
using mutex = Mutex.open(name);
using changed = ConditionVariable.open(name);
using memory = SharedMemory.open(name, { size: 4096 });

async function produce(): Promise<void> {
  for (const numbers of [[12345, 67890], [1, 2, 3], []]) {
    using guard = await mutex.lock();
    while (memory.getInt32(0) !== 0) await changed.wait(guard);
    console.log(`process ${process.pid} (${runtime}) sends ${JSON.stringify(numbers)}`);
    memory.writeObject(numbers, 8);
    memory.setInt32(0, 1);
    changed.signal();
  }
}

async function consume(): Promise<void> {
  for (;;) {
    using guard = await mutex.lock();
    while (memory.getInt32(0) === 0) await changed.wait(guard, { timeout: 10_000 });
    const numbers = memory.readObject(8);
    console.log(`process ${process.pid} (${runtime}) received ${JSON.stringify(numbers)}`);
    memory.setInt32(0, 0);
    changed.signal();
    if (Array.isArray(numbers) && numbers.length === 0) return;
  }
}

function startProducer(): Promise<unknown> {
  const deno = process.env["DENO"] ?? "deno";
  const [program, args] = runtime === "Deno" ? [BUN, []] : [deno, ["run", "--allow-all"]];
  const options = {
    stdio: "inherit",
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
  } as const;
  return once(spawn(program, [...args, HERE, "producer", name], options), "close");
}

if (role === "producer") await produce();
else {
  const producer = startProducer();
  await consume();
  await producer;
  for (const kind of [Mutex, ConditionVariable, SharedMemory]) kind.unlink(name);
}
