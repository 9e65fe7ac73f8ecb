// Whenever it is told to, waits for two descriptors by the poller: one becomes readable, one is given up. Says what came
// of it.

import { createInterface } from "node:readline";
import { stdin } from "node:process";
import { checked, files } from "../../ffi/libc.ts";
import { whenPolled } from "../../ffi/polled.ts";

function pipe(): [number, number] {
  const ends = new Int32Array(2);
  checked(files().pipe2(ends, 0), "pipe2");
  return [ends[0] ?? -1, ends[1] ?? -1];
}

const [silent] = pipe();
const [readEnd, writeEnd] = pipe();
const byte = new Uint8Array(1);

async function wait(): Promise<string> {
  const given = whenPolled(silent);
  const failure = given.done.then(() => undefined, (error: unknown) => String(error));
  // The poller is busy with the first one: the second one has to ring.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const ready = whenPolled(readEnd);
  files().write(writeEnd, byte, 1);
  const outcomes = [await ready.done.catch(() => undefined)];
  files().read(readEnd, byte, 1);
  given.cancel();
  return await failure ?? `${[...outcomes, await given.done]}`;
}

console.log("up");
for await (const _ of createInterface({ input: stdin })) console.log(await wait());
