import { TimeoutError } from "../../../ffi/errors.ts";
import { checkDuration, limit, type WaitOptions } from "../../wait.ts";
import { blockOrDeath, sleepOrDeath } from "../lock/watch.ts";
import type { SemaphoreWord } from "./word.ts";

/** Waits for a unit. */
export async function waitForUnit(
  semaphore: SemaphoreWord,
  options: WaitOptions,
): Promise<void> {
  const { object } = semaphore;
  object.assertOpen();
  checkDuration(options.timeout ?? Infinity, "timeout");
  options.signal?.throwIfAborted();
  if (semaphore.take()) return;
  using patience = limit(options, () => `the ${object.subject}, which is 0`);
  const signal = AbortSignal.any([patience.signal, object.closing]);
  object.retain();
  let leave = () => {};
  try {
    leave = await semaphore.line.join(signal);
    for (;;) {
      const value = semaphore.takeOrAnnounce();
      if (value === "taken") return;
      const threads = () => semaphore.threads(value);
      const dead = await sleepOrDeath(object.system, semaphore.word, value, threads, signal);
      if (dead !== undefined) semaphore.recover(value);
    }
  } finally {
    leave();
    object.release();
  }
}

/** As `waitForUnit`, blocking this thread. */
export function waitForUnitSync(semaphore: SemaphoreWord, timeout = Infinity): void {
  const { object } = semaphore;
  object.assertOpen();
  const end = performance.now() + checkDuration(timeout, "timeout");
  if (semaphore.take()) return;
  for (;;) {
    const value = semaphore.takeOrAnnounce();
    if (value === "taken") return;
    const threads = () => semaphore.threads(value);
    const dead = blockOrDeath(object.system, semaphore.word, value, threads, end);
    if (dead !== undefined) semaphore.recover(value);
    else if (performance.now() >= end && !semaphore.take()) {
      throw new TimeoutError(
        `Timed out after ${timeout} ms waiting for the ${object.subject}, which is 0`,
      );
    } else if (performance.now() >= end) return;
  }
}
