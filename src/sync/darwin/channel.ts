// A thread that blocks anyway waits for the word itself (os_sync_wait_on_address, macOS 14.4): one system call, and no
// descriptor. A wait beside the event loop would take such a thread each: Deno has 32 for everything, and in Bun each is
// a Worker. So these, and all of them before macOS 14.4, hear of the object's own file: who wakes sets the mode that it
// has already (fchmod(2)), which a kqueue(2) on the file, EVFILT_VNODE with NOTE_ATTRIB, tells in every process. One
// queue serves all sleepers of a thread on the object; a sleeper that dies takes its place in both with it.
//
// Who wakes can't know how the others sleep, and does both: a count of them in shared memory would be another thing that
// a death leaves wrong.
//
// A death between the change of a word and the waking leaves sleepers asleep. Those of a lock watch the thread that
// would have woken them; others look again after a while.

import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { checked, errno } from "../../../ffi/libc.ts";
import { darwinAddresses, darwinFiles } from "../../../ffi/libsystem.ts";
import { native, type Waiting } from "../../../ffi/mod.ts";
import { DARWIN } from "../../../ffi/numbers/darwin.ts";
import { polled } from "../../file/descriptors.ts";
import { addFilter, drain, openKqueue } from "../../file/kqueue.ts";
import { close } from "../../file/posix.ts";
import type { Sleep, Word } from "../system.ts";

const { EV_CLEAR, EVFILT_VNODE, NOTE_ATTRIB, POLLIN } = DARWIN;
const { OS_CLOCK_MACH_ABSOLUTE_TIME, OS_SYNC_WAIT_ON_ADDRESS_SHARED } = DARWIN;
const { OS_SYNC_WAKE_BY_ADDRESS_SHARED } = DARWIN;
const WORD_BYTES = 4;
const MODE = 0o600; // of every object's file
const LOOK_AGAIN = 500; // ms

/** A queue that is readable from the next waking on. */
function listen(ident: number): number {
  const queue = openKqueue("for a lock");
  const filter = { filter: EVFILT_VNODE, ident, flags: EV_CLEAR, notes: NOTE_ATTRIB };
  try {
    checked(addFilter(queue, filter), "kevent", "for a lock");
    return queue;
  } catch (error) {
    close(queue);
    throw error;
  }
}

interface Sleeper {
  readonly word: Word;
  readonly expected: number;
  settle(error?: unknown): void;
}

function hasChanged({ word, expected }: Pick<Sleeper, "word" | "expected">): boolean {
  // A detached cell has no elements.
  return word.cell.length === 0 || Atomics.load(word.cell, 0) !== expected;
}

/** How the sleepers of one object are told: one queue for all of this thread's, while there are any. */
class Channel {
  readonly file: number;
  readonly #sleepers = new Set<Sleeper>();
  #waiting: Waiting | undefined;
  #running = false;

  constructor(file: number) {
    this.file = file;
  }

  sleep(word: Word, expected: number): Sleep {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper: Sleeper = {
      word,
      expected,
      settle: (error) => {
        if (this.#sleepers.delete(sleeper)) error === undefined ? resolve() : reject(error);
        if (this.#sleepers.size === 0) this.#waiting?.cancel();
      },
    };
    this.#sleepers.add(sleeper);
    if (!this.#running) void this.#run();
    // Looked at only when the queue is there: who has changed the word before wakes later, and is heard.
    if (hasChanged(sleeper)) sleeper.settle();
    return { done: promise, cancel: () => sleeper.settle() };
  }

  async #run(): Promise<void> {
    this.#running = true;
    let queue = -1;
    try {
      queue = listen(this.file);
      while (this.#sleepers.size > 0) {
        await this.#next(queue);
        drain(queue);
        for (const sleeper of [...this.#sleepers]) if (hasChanged(sleeper)) sleeper.settle();
      }
    } catch (error) {
      for (const sleeper of [...this.#sleepers]) sleeper.settle(error);
    } finally {
      this.#running = false;
      if (queue !== -1) close(queue);
    }
  }

  /** Resolves at the next waking, when nobody sleeps any more, or after a while. */
  async #next(queue: number): Promise<void> {
    const waiting = this.#waiting = native.whenReadable(queue);
    const timer = setTimeout(() => waiting.cancel(), LOOK_AGAIN);
    try {
      await waiting.done;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }
}

const channels = new WeakMap<ArrayBufferLike, Channel>();

/** Says which file tells the sleepers of an object. */
export function connect(payload: ArrayBuffer, file: number): void {
  channels.set(payload, new Channel(file));
}

function channelOf({ cell }: Word): Channel {
  const channel = channels.get(cell.buffer);
  if (channel === undefined) throw new TypeError("The word is in no mapped object");
  return channel;
}

export function word(cells: Int32Array, index: number): Word {
  const cell = cells.subarray(index, index + 1);
  return { cell, address: native.addressOf(cell) };
}

export function sleep(word: Word, expected: number): Sleep {
  native.addressOf(word.cell); // a detached cell throws here
  return channelOf(word).sleep(word, expected);
}

export function block(word: Word, expected: number, milliseconds: number): void {
  const { os_sync_wait_on_address_with_timeout: wait } = darwinAddresses();
  if (wait === undefined) return blockOnFile(word, expected, milliseconds);
  if (hasChanged({ word, expected })) return;
  const result = wait(
    word.cell,
    expected >>> 0,
    WORD_BYTES,
    OS_SYNC_WAIT_ON_ADDRESS_SHARED,
    OS_CLOCK_MACH_ABSOLUTE_TIME,
    Math.max(1, Math.round(milliseconds * 1e6)), // no time at all is an error
  );
  // Woken, or changed before: how many sleep on is not asked.
  if (result === -1) assertHarmless(errno());
}

/** Too late, interrupted, or short of memory for a moment: the caller looks at the word, and comes back. */
function assertHarmless(number: number): void {
  const harmless: number[] = [ERRNO.ETIMEDOUT, ERRNO.EINTR, ERRNO.ENOMEM, ERRNO.EFAULT];
  if (!harmless.includes(number)) throw new SystemError("os_sync_wait_on_address", number);
}

function blockOnFile(word: Word, expected: number, milliseconds: number): void {
  const queue = listen(channelOf(word).file);
  if (!hasChanged({ word, expected })) polled(queue, POLLIN, Math.ceil(milliseconds));
  close(queue);
}

export function wake(word: Word): void {
  const { os_sync_wake_by_address_all: wakeThreads } = darwinAddresses();
  // First those who are awake soonest. That nobody blocks is an error to it (ENOENT), and none to us.
  wakeThreads?.(word.cell, WORD_BYTES, OS_SYNC_WAKE_BY_ADDRESS_SHARED);
  darwinFiles().fchmod(channelOf(word).file, MODE);
}

export function setAndWake(word: Word, value: number): void {
  Atomics.store(word.cell, 0, value);
  wake(word);
}

export function addAndWake(word: Word, value: number): void {
  Atomics.add(word.cell, 0, value);
  wake(word);
}
