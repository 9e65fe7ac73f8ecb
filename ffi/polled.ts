import type { Poller } from "./poller.ts";
import type { Waiting } from "./types.ts";

let shared: Promise<Poller> | undefined;

/** Loaded at the first wait: most programs never wait. */
function poller(): Promise<Poller> {
  return shared ??= import("./poller.ts").then(({ createPoller }) => createPoller());
}

/**
 * Waits until a descriptor is ready or its other end is closed, by the poller of this thread.
 *
 * @param events What to wait for, as poll(2) has it; default: that it is readable.
 */
export function whenPolled(descriptor: number, events?: number): Waiting {
  let cancel = () => {};
  const done = new Promise<boolean>((resolve, reject) => {
    let waiting = true;
    cancel = () => {
      waiting = false;
      resolve(false);
    };
    poller().then(({ wait }) => {
      if (!waiting) return;
      cancel = wait(descriptor, resolve, reject, events);
    }, (error) => {
      // The next wait may find what was missing now.
      shared = undefined;
      reject(error);
    });
  });
  return { done, cancel: () => cancel() };
}
