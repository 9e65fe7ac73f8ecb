// What the threads of a process share of one child: its status, and the right to use its handle. The handle (a
// pidfd) is a number in a table of the whole process: it may be closed, and the number used anew, only when no
// thread is in the middle of a call with it.

import { type ExitStatus, statusOfWords, type StatusWords } from "./status.ts";

const GATE = 0; // users of the handle, and RETIRED
const STATE = 1;
const CODE = 2;
const SIGNAL = 3;
const WORDS = 4;

const RETIRED = 1 << 30;

const KNOWN = 1; // until then 0

/** The shared words of one child. */
export class ChildMemory {
  readonly #words: Int32Array;

  /** @param buffer What another thread's object has; default: a new child's. */
  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(WORDS * 4)) {
    this.#words = new Int32Array(buffer);
  }

  /** The status, once any thread knows it. */
  status(): ExitStatus | undefined {
    if (Atomics.load(this.#words, STATE) !== KNOWN) return undefined;
    return statusOfWords([Atomics.load(this.#words, CODE), Atomics.load(this.#words, SIGNAL)]);
  }

  /** Tells every thread. Several may do so at once, for they all say the same; when it returns, it is known. */
  publish([code, signal]: StatusWords): void {
    if (Atomics.load(this.#words, STATE) === KNOWN) return;
    Atomics.store(this.#words, CODE, code);
    Atomics.store(this.#words, SIGNAL, signal);
    Atomics.store(this.#words, STATE, KNOWN);
    Atomics.notify(this.#words, STATE);
  }

  /** Resolves when the status is known. It does not hold the process alive. */
  async known(): Promise<void> {
    for (;;) {
      const state = Atomics.load(this.#words, STATE);
      if (state === KNOWN) return;
      await Atomics.waitAsync(this.#words, STATE, state).value;
    }
  }

  /** Runs a call that uses the handle; undefined when the handle is gone. `dispose` closes it after the last use. */
  use<T>(body: () => T, dispose: () => void): T | undefined {
    for (;;) {
      const gate = Atomics.load(this.#words, GATE);
      if ((gate & RETIRED) !== 0) return undefined;
      if (Atomics.compareExchange(this.#words, GATE, gate, gate + 1) === gate) break;
    }
    try {
      return body();
    } finally {
      if (Atomics.sub(this.#words, GATE, 1) === RETIRED + 1) dispose();
    }
  }

  /** Ends the use of the handle; `dispose` closes it now, or else the last user does. */
  retire(dispose: () => void): void {
    if (Atomics.or(this.#words, GATE, RETIRED) === 0) dispose();
  }
}
