// The same file runs under `deno test` and `bun test`.

import "./warm.ts";
import { leftovers, snapshot } from "./leftovers.ts";

type Body = () => void | Promise<void>;
type Declare = (name: string, body: Body) => void;

const LONGEST = 120_000;

async function declare(): Promise<Declare> {
  if ("Bun" in globalThis) {
    const { test } = await import("bun:test");
    return (name, body) => test(name, body, LONGEST);
  }
  return (name, body) =>
    Deno.test({ name, fn: body, sanitizeOps: true, sanitizeResources: true, sanitizeExit: true });
}

const declared: Declare = await declare();

/**
 * Declares a test; its name is the promise that it checks. It fails as well if it leaves a semaphore set, a shared
 * memory name, a record or a process behind.
 */
export function test(name: string, body: Body): void {
  declared(name, async () => {
    const before = snapshot();
    await body();
    await leftovers(before);
  });
}
