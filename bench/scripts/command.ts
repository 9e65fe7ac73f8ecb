// command.ts TASK WAY: what programs are run for, through the runtime's own API, procref, execa or dax.
// Each line it is told is a number of repetitions; the answer is milliseconds for one.

import process from "node:process";
import { execa } from "execa";
import { $ } from "dax";
import { Command } from "../../src/command/mod.ts";
import { answer } from "./lines.ts";

const [, , task = "", way = ""] = process.argv;

const SMALL = ["/bin/echo", "hi"] as const;
const LINES = ["/usr/bin/seq", "1", "150000"] as const; // 1 MB
const BYTES = ["/usr/bin/head", "-c", String(256 << 20), "/dev/zero"] as const;
const CHILDREN = 16;

type Words = readonly [string, ...string[]];

interface Subprocess {
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<number>;
}
const { Bun } = globalThis as unknown as {
  Bun?: { spawn(command: string[], options: object): Subprocess };
};

/** The runtime's own, with both streams piped as in the others. */
function spawned([program, ...args]: Words): Subprocess {
  if (Bun) {
    return Bun.spawn([program, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  }
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    exited: child.status.then(({ code }) => code),
  };
}

const command = ([program, ...args]: Words) => new Command(program, { args });

async function nativeText([program, ...args]: Words): Promise<string> {
  if (!Bun) {
    const output = await new Deno.Command(program, { args, stdin: "null" }).output();
    return new TextDecoder().decode(output.stdout);
  }
  const { stdout, stderr, exited } = spawned([program, ...args]);
  const [text] = await Promise.all([
    new Response(stdout).text(),
    new Response(stderr).text(),
    exited,
  ]);
  return text;
}

const text: Record<string, (words: Words) => Promise<string>> = {
  native: nativeText,
  procref: async (words) => (await command(words).output()).stdout,
  execa: async ([program, ...args]) => (await execa(program, args, { stdin: "ignore" })).stdout,
  dax: async ([program, ...args]) => await $`${program} ${args}`.text(),
};

const lines: Record<string, () => AsyncIterable<string> | Promise<string[]>> = {
  native: async () => (await nativeText([...LINES])).trimEnd().split("\n"),
  procref: () => command(LINES).lines(),
  execa: () => execa(LINES[0], LINES.slice(1), { stdin: "ignore", buffer: false }).iterable(),
  dax: () => $`${LINES}`.lines(),
};

async function* nativeBytes(): AsyncIterable<Uint8Array> {
  const { stdout, exited } = spawned(BYTES);
  yield* stdout;
  await exited;
}

async function* procrefBytes(): AsyncIterable<Uint8Array> {
  await using running = await command(BYTES).start();
  yield* running.stdoutBytes();
  await running.wait();
}

async function* execaBytes(): AsyncIterable<Uint8Array> {
  const running = execa(BYTES[0], BYTES.slice(1), {
    stdin: "ignore",
    buffer: false,
    encoding: "buffer",
  });
  yield* running.iterable({ binary: true });
  await running;
}

async function* daxBytes(): AsyncIterable<Uint8Array> {
  const running = $`${BYTES}`.stdout("piped").spawn();
  yield* running.stdout();
  await running;
}

const bytes: Record<string, () => AsyncIterable<Uint8Array>> = {
  native: nativeBytes,
  procref: procrefBytes,
  execa: execaBytes,
  dax: daxBytes,
};

const tasks: Record<string, () => Promise<unknown>> = {
  async capture() {
    const output = await text[way]?.(SMALL);
    if (output?.trim() !== "hi") throw new Error(`Not what was expected: ${output}`);
  },

  async lines() {
    let count = 0;
    for await (const _line of await lines[way]?.() ?? []) count++;
    if (count !== 150_000) throw new Error(`${count} lines`);
  },

  async bytes() {
    let length = 0;
    for await (const piece of bytes[way]?.() ?? []) length += piece.length;
    if (length !== 256 << 20) throw new Error(`${length} bytes`);
  },

  async fanout() {
    await Promise.all(Array.from({ length: CHILDREN }, () => text[way]?.(SMALL)));
  },

  /** Not a time: bytes of memory that a bounded capture of 256 MiB has added. */
  async bounded() {
    await new Command(BYTES[0], { args: BYTES.slice(1), buffer: { maxBytes: 1 << 20 } }).output();
  },
};

const run = tasks[task];
if (run === undefined) throw new Error(`No such task: ${task}`);
await run();

await answer(async (line) => {
  const count = Number(line);
  if (task === "bounded") {
    const before = process.memoryUsage().rss;
    await run();
    return String(process.memoryUsage().rss - before);
  }
  const begin = performance.now();
  for (let index = 0; index < count; index++) await run();
  return String((performance.now() - begin) / count);
});
