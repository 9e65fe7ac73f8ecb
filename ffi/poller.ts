// poll(2) over all descriptors that anybody in this thread waits for, plus an eventfd(2) that interrupts it:
// one pool thread serves any number of waits, and none is held while nobody waits.

import { LINUX, POLLFD } from "./numbers/linux.ts";
import { LIBC_FILES, native } from "./mod.ts";

/** poll(2), called on another thread. */
export const POLL = { args: ["buffer", "u32", "i32"], returns: "i32" } as const; // int poll(struct pollfd *, nfds_t, int ms)
/** eventfd(2), and what is done with one. */
export const EVENTS = {
  eventfd: { args: ["u32", "i32"], returns: "i32", only: "linux" }, // int eventfd(unsigned, int flags)
  read: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t read(int, void *, size_t)
  write: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t write(int, const void *, size_t)
} as const;

const { EFD_CLOEXEC, EFD_NONBLOCK, POLLIN } = LINUX;
const { size: ENTRY_BYTES, at: { fd, events, revents } } = POLLFD;

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
export function createPoller(): Poller {
  const poll = native.openElsewhere(LIBC_FILES, "poll", POLL);
  const libc = native.open(LIBC_FILES, EVENTS);
  const control = libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const counter = new BigUint64Array(1);
  const waits = new Set<Wait>();
  let running = false;

  function interrupt(): void {
    counter[0] = 1n;
    libc.write(control, counter, 8);
  }

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
      [control, ...polled.map((wait) => wait.descriptor)].forEach((descriptor, index) => {
        entries.setInt32(index * ENTRY_BYTES + fd, descriptor, true);
        entries.setInt16(index * ENTRY_BYTES + events, POLLIN, true);
      });
      await poll(table, polled.length + 1, -1);
      libc.read(control, counter, 8);
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
      if (running) interrupt();
      else void run();
      return () => {
        wait.givenUp = true;
        if (waits.has(wait)) interrupt();
      };
    },
  };
}
