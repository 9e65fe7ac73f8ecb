// A named mutex around a few system calls in a row, all on one thread. Its owner's death frees it (WAIT_ABANDONED),
// and what it guards is in the kernel's own books: there is nothing that the dead could have left half done.

import { TimeoutError } from "../../ffi/errors.ts";
import { closeHandle, objects, succeeded } from "../../ffi/windows/ntdll.ts";
import { createMutex, openMutex, type Where } from "./named.ts";

const WAIT_TIMEOUT = 0x102;
// The gate is held for microseconds, unless its holder is suspended just then.
const PATIENCE = 5000; // ms
const UNITS = 10_000n; // of 100 ns in a millisecond; relative times are negative
const DEADLINE = new BigInt64Array([-BigInt(PATIENCE) * UNITS]);
const DEADLINE_WORDS = new BigUint64Array(DEADLINE.buffer);

/** A hold on the gate of a name. */
export class Gate implements Disposable {
  readonly #where: Where;
  #handle: number;

  private constructor(where: Where, handle: number) {
    this.#where = where;
    this.#handle = handle;
  }

  /** The gate of a name, made if it is not there. @throws {PermissionError | SystemError} */
  static open(where: Where): Gate {
    return new Gate(where, createMutex(where));
  }

  /** The gate of a name; undefined where nobody has it open, and so nobody has anything behind it. */
  static find(where: Where): Gate | undefined {
    const handle = openMutex(where);
    return handle === undefined ? undefined : new Gate(where, handle);
  }

  /**
   * Does something with everybody else of this name kept out. It must not wait for anything.
   *
   * @throws {TimeoutError} Somebody has kept the gate for 5 seconds.
   */
  inside<T>(body: () => T): T {
    const { NtWaitForSingleObject, NtReleaseMutant } = objects();
    const status = NtWaitForSingleObject(this.#handle, 0, DEADLINE_WORDS);
    if (status === WAIT_TIMEOUT) {
      throw new TimeoutError(
        `The gate ${this.#where.subject} has been kept shut for 5 s; is a process suspended?`,
      );
    }
    succeeded(status, "NtWaitForSingleObject", this.#where.subject);
    try {
      return body();
    } finally {
      NtReleaseMutant(this.#handle, null);
    }
  }

  /** Gives the handle back. */
  [Symbol.dispose](): void {
    if (this.#handle !== 0) closeHandle(this.#handle);
    this.#handle = 0;
  }
}
