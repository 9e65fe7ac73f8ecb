// Waiters of one thread for one thing take turns: only the first of them asks the kernel, so that a wake-up does not
// wake them all, and they come in the order in which they asked.

import { unlessAborted } from "../wait.ts";

const queues = new Map<string, Promise<void>>();

/** Runs `body` when those who came before with the same key are done. @throws The signal's reason. */
export async function inTurn<T>(
  key: string,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  const before = queues.get(key);
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const mine = before?.then(() => done) ?? done;
  queues.set(key, mine);
  try {
    if (before !== undefined) await unlessAborted(before, signal);
    return await body();
  } finally {
    finish();
    if (queues.get(key) === mine) queues.delete(key);
  }
}
