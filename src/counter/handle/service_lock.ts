// A service's lock and count on handles of named kernel objects: both change inside one gate, and the kernel closes
// the handles of whoever dies. Nothing outlives its last handle, so there is nothing to be removed.

import { Gate } from "../../object/gate.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import type { Lease, ServiceLock } from "../lease.ts";
import type { Place } from "./place.ts";
import { whenNone } from "./none.ts";
import { References, referencesOf } from "./references.ts";
import { freeLock, type Hold, lockHolder, takeLockWhenFree } from "./start_lock.ts";
import { NEVER } from "../../wait.ts";

/** The lock and count of a service on handles. */
export class HandleServiceLock implements ServiceLock {
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  count(): number {
    return this.#peek(() => referencesOf(this.#place).count) ?? 0;
  }

  holder(): ProcessIdentity | undefined {
    const pid = this.#peek(() => lockHolder(this.#place))?.pid;
    return pid === undefined ? undefined : identify(pid);
  }

  async enter(create: boolean, signal: AbortSignal): Promise<Lease | undefined> {
    const name = this.#place.part("gate");
    const gate = create ? Gate.open(name) : Gate.find(name);
    if (gate === undefined) return undefined;
    try {
      return await takeLockWhenFree(
        this.#place,
        gate,
        signal,
        (hold) => new HandleLease(this.#place, gate, hold, true),
      );
    } catch (error) {
      gate[Symbol.dispose]();
      throw error;
    }
  }

  /** Waits until no reference is left, and takes the lock. Who took one before that has it: the lease tells. */
  async inherit(): Promise<Lease> {
    const gate = Gate.open(this.#place.part("gate"));
    try {
      await whenNone(this.#place, gate, NEVER);
      return await takeLockWhenFree(
        this.#place,
        gate,
        NEVER,
        (hold) => new HandleLease(this.#place, gate, hold, false),
      );
    } catch (error) {
      gate[Symbol.dispose]();
      throw error;
    }
  }

  /** Looks inside the gate without making anything; undefined where nobody holds anything. */
  #peek<T>(body: () => T): T | undefined {
    using gate = Gate.find(this.#place.part("gate"));
    return gate?.inside(body);
  }
}

class HandleLease implements Lease {
  readonly #place: Place;
  /** Open while this lease holds anything, so that the gate is there as long as there is anything behind it. */
  readonly #gate: Gate;
  readonly #references: References;
  #hold: Hold | undefined;

  /** Takes a reference, if it is to have one, with the lock already held. To be called inside the gate. */
  constructor(place: Place, gate: Gate, hold: Hold, referring: boolean) {
    this.#place = place;
    this.#gate = gate;
    this.#hold = hold;
    this.#references = new References(place);
    try {
      if (referring) this.#references.add();
    } catch (error) {
      freeLock(hold);
      throw error;
    }
  }

  count(): number {
    return this.#gate.inside(() => referencesOf(this.#place).count);
  }

  unlock(): void {
    const hold = this.#hold;
    if (hold === undefined) return;
    this.#gate.inside(() => freeLock(hold));
    this.#hold = undefined;
    if (this.#references.size === 0) this.#gate[Symbol.dispose]();
  }

  withdraw(): void {
    if (this.#references.size === 0) return;
    this.#gate.inside(() => this.#references.drop());
  }

  async leave(): Promise<boolean> {
    this.#hold = await takeLockWhenFree(this.#place, this.#gate, NEVER, (hold) => {
      this.#references.drop();
      return hold;
    });
    return true;
  }

  vacate(): void {
    this.unlock();
  }
}
