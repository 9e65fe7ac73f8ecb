// What a waiter sleeps for: the word changes, or the thread that it names ends.

import type { HeldThread, SyncSystem, ThreadTag, Word } from "../system.ts";

// Most waits are over sooner. Only then is the holder's thread watched as well, which costs a descriptor and a
// few system calls; its death is so noticed within this time.
const BEFORE_WATCHING = 2;

/**
 * Sleeps until the word may have changed or one of the threads has ended.
 *
 * @param threads Who could die without changing the word: asked once, when they are to be watched.
 * @returns The thread that has ended, if that was the reason.
 * @throws {unknown} The signal's reason.
 */
export async function sleepOrDeath<Thread extends ThreadTag>(
  system: SyncSystem,
  word: Word,
  expected: number,
  threads: () => Thread[],
  signal: AbortSignal,
): Promise<Thread | undefined> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Thread | undefined>();
  const sleep = system.sleep(word, expected);
  sleep.done.then(() => resolve(undefined), reject);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  let watches: AbortController | undefined;
  const timer = setTimeout(() => {
    watches = new AbortController();
    for (const thread of threads()) {
      watch(system, thread, watches.signal).then((ended) => ended && resolve(thread), reject);
    }
  }, BEFORE_WATCHING);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    sleep.cancel();
    if (watches !== undefined) setTimeout(giveUp, 0, watches);
  }
}

const OVER = new Error("The wait is over");

// Later, for it takes as long as the hand-over itself; and with a reason at hand, for to make one takes as long again.
function giveUp(watches: AbortController): void {
  watches.abort(OVER);
}

/** True when the thread has ended; false when the watch was given up before. */
async function watch(system: SyncSystem, thread: ThreadTag, signal: AbortSignal): Promise<boolean> {
  if (thread.tag === system.self().tag) return false;
  const held = system.hold(thread);
  if (held === undefined) return true;
  try {
    await held.whenEnded(signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    held.close();
  }
}

/** True for a thread that has ended. */
export function hasEnded(system: SyncSystem, thread: ThreadTag): boolean {
  if (thread.tag === system.self().tag) {
    return thread.start !== undefined && thread.start !== system.self().start;
  }
  const held = system.hold(thread);
  held?.close();
  return held === undefined;
}

// No system call waits for a futex and a process at once, so a thread that blocks looks at the holder in between.
const SLICE = 4;

/** As `sleepOrDeath`, blocking this thread until `end` (performance.now()) at the latest. */
export function blockOrDeath<Thread extends ThreadTag>(
  system: SyncSystem,
  word: Word,
  expected: number,
  threads: () => Thread[],
  end: number,
): Thread | undefined {
  const held: [Thread, HeldThread][] = [];
  let watched: Thread[] | undefined;
  try {
    for (;;) {
      const left = end - performance.now();
      if (left <= 0) return undefined;
      system.block(word, expected, Math.min(left, SLICE));
      if (Atomics.load(word.cell, 0) !== expected) return undefined;
      if (watched === undefined) {
        watched = threads().filter((thread) => thread.tag !== system.self().tag);
        for (const thread of watched) {
          const hold = system.hold(thread);
          if (hold === undefined) return thread;
          held.push([thread, hold]);
        }
      }
      const dead = held.find(([, hold]) => hold.ended());
      if (dead !== undefined) return dead[0];
    }
  } finally {
    for (const [, hold] of held) hold.close();
  }
}
