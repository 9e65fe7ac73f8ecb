// poll(2) over all descriptors that anybody in this thread waits for, plus one that interrupts it: one pool thread
// serves any number of waits, and none is held while nobody waits.

import { ERRNO } from "./errno.ts";
import { SystemError } from "./errors.ts";
import { errno, processes } from "./libc.ts";
import { POLLFD, POSIX } from "./numbers/mod.ts";
import { LIBC_FILES, native } from "./mod.ts";
import { platform } from "./platform.ts";

/** poll(2), called on another thread. */
export const POLL = { args: ["buffer", "u32", "i32"], returns: "i32" } as const; // int poll(struct pollfd *, nfds_t, int ms)

const { POLLIN } = POSIX;
const { size: ENTRY_BYTES, at: { fd, events, revents } } = POLLFD;

// Whoever is told of an event waits for the next one a few turns later: a poll that begins before has to be interrupted.
const TURNS = 16;

/** A descriptor that is readable from `ring()` to `silence()`. */
export interface Bell {
  readonly descriptor: number;
  ring(): void;
  silence(): void;
}

interface Wait {
  readonly descriptor: number;
  readonly events: number;
  readonly over: (ready: boolean) => void;
  readonly failed: (error: unknown) => void;
  givenUp: boolean;
}

/** Polls elsewhere for as long as somebody waits. */
export interface Poller {
  /**
   * Calls back when the wait is over and nobody polls the descriptor any more: with true when one of the events is
   * there, with false when the returned function has given it up. Or it has failed, with what the system refused.
   */
  wait(
    descriptor: number,
    over: (ready: boolean) => void,
    failed: (error: unknown) => void,
    events?: number,
  ): () => void;
}

/** Makes the poller of this thread. @throws {SystemError} No descriptor is left for its bell. */
export async function createPoller(): Promise<Poller> {
  const { openBell } = platform === "darwin"
    ? await import("./bell_darwin.ts")
    : await import("./bell_linux.ts");
  const poll = native.openElsewhere(LIBC_FILES, "poll", POLL);
  const bell = openBell();
  const waits = new Set<Wait>();
  let running = false;
  let polling = false;

  function end(wait: Wait, ready: boolean): void {
    if (waits.delete(wait)) wait.over(ready);
  }

  function fail(error: unknown): void {
    const failed = [...waits];
    waits.clear();
    for (const wait of failed) wait.failed(error);
  }

  async function run(): Promise<void> {
    running = true;
    try {
      await rounds();
    } catch (error) {
      running = false;
      fail(error);
    }
  }

  async function rounds(): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await undefined;
      [...waits].filter((wait) => wait.givenUp).forEach((wait) => end(wait, false));
      // In this turn: who comes in the next one must not think that somebody still polls.
      running = waits.size > 0;
      if (!running) return;
      const polled = [...waits];
      const table = new Uint8Array((polled.length + 1) * ENTRY_BYTES);
      const entries = new DataView(table.buffer);
      [{ descriptor: bell.descriptor, events: POLLIN }, ...polled].forEach((one, index) => {
        entries.setInt32(index * ENTRY_BYTES + fd, one.descriptor, true);
        entries.setInt16(index * ENTRY_BYTES + events, one.events, true);
      });
      // Its errno is lost on the other thread: asking again, here, tells what its -1 meant.
      polling = true;
      const result = await poll(table, polled.length + 1, -1);
      polling = false;
      if (result === -1) look(table, polled.length + 1);
      if (entries.getInt16(revents, true) !== 0) bell.silence();
      polled.forEach((wait, index) => {
        // Error and hang-up bits count too: both end the wait.
        if (entries.getInt16((index + 1) * ENTRY_BYTES + revents, true) !== 0) end(wait, true);
      });
    }
  }

  return {
    wait(descriptor, over, failed, events = POLLIN) {
      const wait = { descriptor, events, over, failed, givenUp: false };
      waits.add(wait);
      if (!running) void run();
      else if (polling) bell.ring();
      return () => {
        wait.givenUp = true;
        if (polling && waits.has(wait)) bell.ring();
      };
    },
  };
}

/** poll(2) that doesn't wait. @throws {SystemError} Any error but the interruption by a signal. */
function look(table: Uint8Array<ArrayBuffer>, length: number): void {
  if (processes().poll(table, length, 0) !== -1 || errno() === ERRNO.EINTR) return;
  throw new SystemError("poll", errno(), `of ${length} descriptors`);
}
