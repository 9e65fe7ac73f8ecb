// What can be seen of a lock without taking it. By the time it is read it may be otherwise.

import { describeTarget, type ProcessIdentity } from "../../process/identity.ts";
import { hasEnded } from "./watch.ts";
import { type LockWord, TAG } from "./word.ts";

/**
 * True while somebody holds it.
 *
 * @throws {ProcrefError} `"closed"`.
 */
export function isHeld(lock: LockWord): boolean {
  lock.object.assertOpen();
  const { value } = lock;
  return value !== 0 && !hasEnded(lock.object.system, lock.thread(value));
}

/**
 * The process that holds it; undefined when it is free, or its holder has ended.
 *
 * @throws {ProcrefError} `"closed"`.
 */
export function holderOf(lock: LockWord): ProcessIdentity | undefined {
  lock.object.assertOpen();
  const { value } = lock;
  return (value & TAG) === 0 ? undefined : lock.object.system.processOf(lock.thread(value));
}

/** What is waited for, and who holds it: for messages. */
export function describe(lock: LockWord): string {
  const { value } = lock;
  const what = `the ${lock.object.subject}`;
  if (value === 0) return what;
  const holder = lock.object.system.processOf(lock.thread(value));
  if (holder === undefined) return `${what}, held by a thread that has ended`;
  const mine = (value & TAG) === lock.tag ? ", this thread" : "";
  return `${what}, held by ${describeTarget(holder)}${mine}`;
}
