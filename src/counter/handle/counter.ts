// Handles of named kernel objects count and lock; what changes and what is read changes inside a gate. Nothing
// outlives its last handle, so there is nothing to be removed.

import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { Gate } from "../../object/gate.ts";
import { describeTarget } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import { limit, type WaitOptions } from "../../wait.ts";
import type { CounterBackend, RefCounter } from "../types.ts";
import { Place } from "./place.ts";
import { whenNone } from "./none.ts";
import { References, referencesOf } from "./references.ts";
import { freeLock, type Hold, lockHolder, takeLock, takeLockWhenFree } from "./start_lock.ts";

/** A reference count on the handles of named kernel objects. */
export class HandleCounter implements RefCounter {
  readonly name: string;
  readonly backend: CounterBackend = "handle";
  readonly #place: Place;
  readonly #references: References;
  #hold: Hold | undefined;
  /** Open while this object holds anything, so that the gate is there as long as there is anything behind it. */
  #gate: Gate | undefined;

  constructor(name: string) {
    this.name = name;
    this.#place = new Place("counter", name);
    this.#references = new References(this.#place);
  }

  acquire(): number {
    return this.#inside(() => this.#references.add());
  }

  release(): number {
    if (this.#references.size === 0) {
      throw new ProcrefError("not_held", `This object holds no reference to ${this.#title}`);
    }
    return this.#inside(() => this.#references.drop());
  }

  count(): number {
    return this.#peek(() => referencesOf(this.#place).count) ?? 0;
  }

  tryLock(): boolean {
    return this.#inside(() => {
      const hold = takeLock(this.#place);
      if (hold !== undefined) this.#hold = hold;
      return hold !== undefined;
    });
  }

  unlock(): void {
    const hold = this.#hold;
    if (hold === undefined) {
      throw new ProcrefError("not_held", `This object doesn't hold the lock of ${this.#title}`);
    }
    this.#inside(() => {
      freeLock(hold);
      this.#hold = undefined;
    });
  }

  async lock(options: WaitOptions = {}): Promise<void> {
    using patience = limit(options, () => `the lock of ${this.#title}${this.#lockHolder()}`);
    patience.signal.throwIfAborted();
    using gate = Gate.open(this.#place.part("gate"));
    await takeLockWhenFree(this.#place, gate, patience.signal, (hold) => {
      this.#gate ??= Gate.open(this.#place.part("gate"));
      this.#hold = hold;
    });
  }

  async waitForZero(options: WaitOptions = {}): Promise<void> {
    using patience = limit(
      options,
      () => `the last of ${this.count()} references to ${this.#title}`,
    );
    patience.signal.throwIfAborted();
    using gate = Gate.find(this.#place.part("gate"));
    if (gate === undefined) return;
    await whenNone(this.#place, gate, patience.signal);
  }

  close(): void {
    while (this.#references.size > 0) this.release();
    if (this.#hold !== undefined) this.unlock();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #title(): string {
    return `counter ${quote(this.name)}`;
  }

  /** Does something inside the gate, and keeps the gate for as long as this object holds anything. */
  #inside<T>(body: () => T): T {
    const gate = this.#gate ??= Gate.open(this.#place.part("gate"));
    try {
      return gate.inside(body);
    } finally {
      if (this.#references.size === 0 && this.#hold === undefined) {
        this.#gate[Symbol.dispose]();
        this.#gate = undefined;
      }
    }
  }

  /** Looks inside the gate without making anything; undefined where nobody holds anything. */
  #peek<T>(body: () => T): T | undefined {
    if (this.#gate !== undefined) return this.#gate.inside(body);
    using gate = Gate.find(this.#place.part("gate"));
    return gate?.inside(body);
  }

  #lockHolder(): string {
    const pid = this.#peek(() => lockHolder(this.#place))?.pid;
    return pid === undefined ? "" : `, held by ${describeTarget(identify(pid) ?? pid)}`;
  }
}
