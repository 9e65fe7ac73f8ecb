// poll(2) over all descriptors that anybody in this thread waits for, plus an eventfd(2) that interrupts it:
// one pool thread serves any number of waits, and none is held while nobody waits.

import { LIBC_FILES } from "./libc_files.ts";
import type { Native, Waiting } from "./types.ts";

const POLL = { args: ["buffer", "u32", "i32"], returns: "i32" } as const; // int poll(struct pollfd *, nfds_t, int ms)
const EVENTS = {
  eventfd: { args: ["u32", "i32"], returns: "i32" }, // int eventfd(unsigned, int flags)
  read: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t read(int, void *, size_t)
  write: { args: ["i32", "buffer", "u32"], returns: "i32" }, // ssize_t write(int, const void *, size_t)
} as const;

const POLLIN = 1;
const EFD_CLOEXEC_NONBLOCK = 0x80800;
const ENTRY_BYTES = 8; // struct pollfd { int fd; short events; short revents; }

/** A poller that runs `poll` elsewhere while somebody waits. */
export function createPoller(native: Native): { wait(descriptor: number): Waiting } {
  const poll = native.openElsewhere(LIBC_FILES, "poll", POLL);
  const libc = native.open(LIBC_FILES, EVENTS);
  const control = libc.eventfd(0, EFD_CLOEXEC_NONBLOCK);
  const counter = new BigUint64Array(1);
  const waits = new Set<{ descriptor: number; settle(fired: boolean): void }>();
  let running = false;

  function interrupt(): void {
    counter[0] = 1n;
    libc.write(control, counter, 8);
  }

  async function run(): Promise<void> {
    running = true;
    while (waits.size > 0) {
      const polled = [...waits];
      const table = new Uint8Array((polled.length + 1) * ENTRY_BYTES);
      const entries = new DataView(table.buffer);
      [control, ...polled.map((wait) => wait.descriptor)].forEach((descriptor, index) => {
        entries.setInt32(index * ENTRY_BYTES, descriptor, true);
        entries.setInt16(index * ENTRY_BYTES + 4, POLLIN, true);
      });
      await poll(table, polled.length + 1, -1);
      libc.read(control, counter, 8);
      polled.forEach((wait, index) => {
        // Error and hang-up bits count too: both end the wait.
        if (entries.getInt16((index + 1) * ENTRY_BYTES + 6, true) !== 0) wait.settle(true);
      });
    }
    running = false;
  }

  return {
    wait(descriptor) {
      let settle: (fired: boolean) => void = () => {};
      const done = new Promise<boolean>((resolve) => {
        settle = (fired) => {
          waits.delete(entry);
          resolve(fired);
        };
      });
      const entry = { descriptor, settle: (fired: boolean) => settle(fired) };
      waits.add(entry);
      if (running) interrupt();
      else void run();
      return {
        done,
        cancel() {
          if (!waits.has(entry)) return;
          entry.settle(false);
          interrupt();
        },
      };
    },
  };
}
