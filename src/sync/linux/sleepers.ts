// One futex_waitv(2) per thread of ours serves all sleepers of that thread, up to 127 words, and another one each
// 127 more. It runs on a pool thread (Deno) or an unref'd Worker (Bun), and only while somebody sleeps. A control
// word among the others ends it when the set changes. Kernel 5.16 or later.

import { FUTEX_WAITV, LINUX } from "../../../ffi/numbers/linux.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { errno } from "../../../ffi/libc.ts";
import { futexWaitvElsewhere, futexWaitvHere } from "../../../ffi/libc_memory.ts";
import { native } from "../../../ffi/mod.ts";
import { SystemError, UnsupportedError } from "../../../ffi/errors.ts";
import type { Sleep, Word } from "../system.ts";
import { wakeAll, word as wordAt } from "./futex.ts";

const { CLOCK_MONOTONIC, FUTEX_WAITV_MAX, SYS_futex_waitv } = LINUX;
const { FUTEX2_SIZE_U32 } = LINUX; // and not private to this process
const { size: ENTRY_BYTES, at: { val, uaddr, flags } } = FUTEX_WAITV;

interface Entry {
  readonly word: Word;
  readonly expected: number;
  readonly sleepers: Set<{ settle(error?: Error): void }>;
}

/** The sleepers of one futex_waitv call. */
class Dormitory {
  readonly #entries = new Map<bigint, Entry>();
  readonly #control = wordAt(new Int32Array(1), 0);
  #running = false;

  get full(): boolean {
    return this.#entries.size >= FUTEX_WAITV_MAX - 1;
  }

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  /** True for a word that is slept on here already. */
  has(word: Word): boolean {
    return this.#entries.has(word.address);
  }

  sleep(word: Word, expected: number): Sleep {
    const entry = this.#entry(word, expected);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = {
      settle: (error?: Error) => {
        if (entry.sleepers.delete(sleeper)) error === undefined ? resolve() : reject(error);
      },
    };
    entry.sleepers.add(sleeper);
    if (!this.#running) void this.#run();
    return {
      done: promise,
      cancel: () => {
        sleeper.settle();
        if (entry.sleepers.size > 0 || this.#entries.get(word.address) !== entry) return;
        this.#entries.delete(word.address);
        this.#interrupt();
      },
    };
  }

  #entry(word: Word, expected: number): Entry {
    const old = this.#entries.get(word.address);
    if (old?.expected === expected) return old;
    const entry = { word, expected, sleepers: new Set<{ settle(error?: Error): void }>() };
    this.#entries.set(word.address, entry);
    // The word has changed since the others looked: so shall they.
    if (old !== undefined) rouse(old);
    if (this.#running) this.#interrupt();
    return entry;
  }

  #interrupt(): void {
    Atomics.add(this.#control.cell, 0, 1);
    wakeAll(this.#control);
  }

  async #run(): Promise<void> {
    this.#running = true;
    let idle = 0;
    try {
      while (this.#entries.size > 0) {
        const { table, length, before } = this.#table();
        const result = await futexWaitvElsewhere()(SYS_futex_waitv, table, length, 0, null, 0);
        const moved = this.#rouseChanged() || Atomics.load(this.#control.cell, 0) !== before;
        // Only a refusal by the kernel, or a signal, comes back with nothing changed.
        idle = result === -1 && !moved ? idle + 1 : 0;
        if (idle > 3) explain(table, length);
      }
    } catch (error) {
      const entries = [...this.#entries.values()];
      this.#entries.clear();
      for (const entry of entries) rouse(entry, error instanceof Error ? error : undefined);
    } finally {
      this.#running = false;
    }
  }

  #table(): { table: Uint8Array; length: number; before: number } {
    const before = Atomics.load(this.#control.cell, 0);
    const words = [{ word: this.#control, expected: before }, ...this.#entries.values()];
    const table = new Uint8Array(words.length * ENTRY_BYTES);
    const view = new DataView(table.buffer);
    words.forEach(({ word, expected }, index) => {
      view.setBigUint64(index * ENTRY_BYTES + val, BigInt(expected >>> 0), true);
      view.setBigUint64(index * ENTRY_BYTES + uaddr, word.address, true);
      view.setUint32(index * ENTRY_BYTES + flags, FUTEX2_SIZE_U32, true);
    });
    return { table, length: words.length, before };
  }

  /** The call tells one word at most; others may have been woken with it, so all are compared. */
  #rouseChanged(): boolean {
    let any = false;
    for (const [address, entry] of this.#entries) {
      if (Atomics.load(entry.word.cell, 0) === entry.expected) continue;
      this.#entries.delete(address);
      rouse(entry);
      any = true;
    }
    return any;
  }
}

function rouse(entry: Entry, error?: Error): void {
  for (const sleeper of [...entry.sleepers]) sleeper.settle(error);
}

const AT_ONCE = new BigUint64Array(2); // an absolute time that is over

/** The errno of the call on the other thread is lost: asked here, without waiting, the kernel tells it again. */
function explain(table: Uint8Array, length: number): void {
  futexWaitvHere().syscall(SYS_futex_waitv, table, length, 0, AT_ONCE, CLOCK_MONOTONIC);
  const number = errno();
  if (number === ERRNO.ENOSYS) throw new UnsupportedError("futex_waitv", "Linux before 5.16");
  const harmless: number[] = [ERRNO.ETIMEDOUT, ERRNO.EAGAIN, ERRNO.EINTR];
  if (!harmless.includes(number)) throw new SystemError("futex_waitv", number);
}

const dormitories: Dormitory[] = [];

/** Sleeps while the word has this value. Many sleepers on one word are woken in the order they came. */
export function sleep(word: Word, expected: number): Sleep {
  native.addressOf(word.cell); // a detached cell throws here, not on the other thread
  let place = dormitories.find((one) => one.has(word)) ?? dormitories.find((one) => !one.full);
  if (place === undefined) dormitories.push(place = new Dormitory());
  return place.sleep(word, expected);
}
