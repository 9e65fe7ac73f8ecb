// poll(2) over all descriptors that anybody in this thread waits for, plus one that interrupts it: one pool thread
// serves any number of waits, and none is held while nobody waits.

import { POLLFD, POSIX } from "./numbers/mod.ts";
import { LIBC_FILES, native } from "./mod.ts";
import { platform } from "./platform.ts";

/** poll(2), called on another thread. */
export const POLL = { args: ["buffer", "u32", "i32"], returns: "i32" } as const; // int poll(struct pollfd *, nfds_t, int ms)

const { POLLIN } = POSIX;
const { size: ENTRY_BYTES, at: { fd, events, revents } } = POLLFD;

/** A descriptor that is readable from `ring()` to `silence()`. */
export interface Bell {
  readonly descriptor: number;
  ring(): void;
  silence(): void;
}

interface Wait {
  readonly descriptor: number;
  readonly over: (ready: boolean) => void;
  givenUp: boolean;
}

/** Polls elsewhere for as long as somebody waits. */
export interface Poller {
  /**
   * Calls back when the wait is over and nobody polls the descriptor any more: with true when it is ready, with
   * false when the returned function has given it up.
   */
  wait(descriptor: number, over: (ready: boolean) => void): () => void;
}

/** Makes the poller of this thread. */
export async function createPoller(): Promise<Poller> {
  const { openBell } = platform === "darwin"
    ? await import("./bell_darwin.ts")
    : await import("./bell_linux.ts");
  const bell = openBell();
  const poll = native.openElsewhere(LIBC_FILES, "poll", POLL);
  const waits = new Set<Wait>();
  let running = false;

  function end(wait: Wait, ready: boolean): void {
    if (waits.delete(wait)) wait.over(ready);
  }

  async function run(): Promise<void> {
    running = true;
    for (;;) {
      [...waits].filter((wait) => wait.givenUp).forEach((wait) => end(wait, false));
      if (waits.size === 0) break;
      const polled = [...waits];
      const table = new Uint8Array((polled.length + 1) * ENTRY_BYTES);
      const entries = new DataView(table.buffer);
      [bell.descriptor, ...polled.map((wait) => wait.descriptor)].forEach((descriptor, index) => {
        entries.setInt32(index * ENTRY_BYTES + fd, descriptor, true);
        entries.setInt16(index * ENTRY_BYTES + events, POLLIN, true);
      });
      await poll(table, polled.length + 1, -1);
      bell.silence();
      polled.forEach((wait, index) => {
        // Error and hang-up bits count too: both end the wait.
        if (entries.getInt16((index + 1) * ENTRY_BYTES + revents, true) !== 0) end(wait, true);
      });
    }
    running = false;
  }

  return {
    wait(descriptor, over) {
      const wait = { descriptor, over, givenUp: false };
      waits.add(wait);
      if (running) bell.ring();
      else void run();
      return () => {
        wait.givenUp = true;
        if (waits.has(wait)) bell.ring();
      };
    },
  };
}
