// The same file runs under `deno test` and `bun test`.

import { platform } from "node:process";
import { platform as system } from "../../ffi/platform.ts";

const windows = platform === "win32";
await import(windows ? "./windows/warm.ts" : "./warm.ts");
const { watch } = await import(windows ? "./windows/leftovers.ts" : "./leftovers.ts") as Leftovers;

interface Leftovers {
  /** Looks at the kernel; what it returns looks again, and fails if something new is there. */
  watch(): () => Promise<void>;
}

type Body = () => void | Promise<void>;
type Declare = (name: string, body: Body) => void;

const LONGEST = 120_000;

async function declare(): Promise<Declare> {
  if ("Bun" in globalThis) {
    const { test } = await import("bun:test");
    return (name, body) => test(name, body, LONGEST);
  }
  return (name, body) =>
    Deno.test({
      name,
      fn: () => inTime(body),
      sanitizeOps: true,
      sanitizeResources: true,
      sanitizeExit: true,
    });
}

/** Bun's runner limits a test's time, Deno's does not. */
async function inTime(body: Body): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not over after ${LONGEST} ms`)), LONGEST);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

const declared: Declare = await declare();

/**
 * Declares a test; its name is the promise that it checks. It fails as well if it leaves a semaphore set, a shared
 * memory name, a record or a process behind.
 */
export function test(name: string, body: Body): void {
  declared(name, async () => {
    const check = watch();
    await body();
    // A call on a pool thread that was interrupted is back in this time, and no leak.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await check();
  });
}

/** Declares a test of what Windows has not: System V, /proc, a guardian, signals that a process hears. */
export function posixTest(name: string, body: Body): void {
  if (!windows) test(name, body);
}

/** Declares a test of what only Windows has. */
export function windowsTest(name: string, body: Body): void {
  if (windows) test(name, body);
}

/** Declares a test of what only Linux has. */
export function linuxTest(name: string, body: Body): void {
  if (system === "linux") test(name, body);
}

/** Declares a test of what only macOS has; `deno task test:macos` makes a Linux host look like one. */
export function macTest(name: string, body: Body): void {
  if (system === "darwin") test(name, body);
}
