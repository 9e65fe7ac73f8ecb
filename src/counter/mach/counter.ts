// The kernel object is a Mach send right: one for each reference, and one for the lock, to a port that a keeper
// receives from and that does nothing but count. The kernel takes rights from a process at its death and tells the
// keeper (MACH_NOTIFY_NO_SENDERS, <mach/notify.h>), before it tells anybody of the death itself.

import { ProcrefError } from "../../../ffi/errors.ts";
import { quote } from "../../name.ts";
import { describeTarget } from "../../process/identity.ts";
import { identify } from "../../process/alive.ts";
import { limit, unlessAborted, type WaitOptions } from "../../wait.ts";
import type { CounterBackend, RefCounter } from "../types.ts";
import type { Connection } from "./connection.ts";
import type { Incoming } from "./message.ts";
import { ANSWER, ASK, decodeNumber } from "./protocol.ts";

/** A reference count on Mach send rights. */
export class MachCounter implements RefCounter {
  readonly name: string;
  readonly backend: CounterBackend = "mach";
  readonly #keeper: Connection;
  /** Our send rights, one for each reference. A right is dead if the keeper was killed. */
  readonly #references: number[] = [];
  #lock = 0;

  constructor(name: string, keeper: Connection) {
    this.name = name;
    this.#keeper = keeper;
  }

  acquire(): number {
    for (;;) {
      const answer = this.#ask(ASK.acquire);
      if (answer === undefined || answer.right === 0) continue;
      this.#references.push(answer.right);
      return decodeNumber(answer.payload);
    }
  }

  release(): number {
    const right = this.#references.pop();
    if (right === undefined) {
      throw new ProcrefError("not_held", `This object holds no reference to ${this.#title}`);
    }
    const answer = this.#giveBack(ASK.release, right);
    return answer === undefined ? this.count() : decodeNumber(answer.payload);
  }

  count(): number {
    const answer = this.#keeper.askIfThere({ id: ASK.count, name: this.name });
    return answer === undefined ? 0 : decodeNumber(answer.payload);
  }

  tryLock(): boolean {
    for (;;) {
      const answer = this.#ask(ASK.tryLock);
      if (answer === undefined) continue;
      if (answer.right === 0) return false;
      this.#locked(answer.right);
      return true;
    }
  }

  unlock(): void {
    const right = this.#lock;
    if (right === 0) {
      throw new ProcrefError("not_held", `This object doesn't hold the lock of ${this.#title}`);
    }
    this.#lock = 0;
    this.#giveBack(ASK.unlock, right);
  }

  async lock(options: WaitOptions = {}): Promise<void> {
    using patience = limit(options, () => `the lock of ${this.#title}${this.#lockHolder()}`);
    patience.signal.throwIfAborted();
    if (this.tryLock()) return;
    const { right } = await this.#wait(ASK.lock, patience.signal);
    this.#locked(right);
  }

  async waitForZero(options: WaitOptions = {}): Promise<void> {
    using patience = limit(
      options,
      () => `the last of ${this.count()} references to ${this.#title}`,
    );
    patience.signal.throwIfAborted();
    if (this.count() > 0) await this.#wait(ASK.zero, patience.signal);
  }

  close(): void {
    while (this.#references.length > 0) this.release();
    if (this.#lock !== 0) this.unlock();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #title(): string {
    return `counter ${quote(this.name)}`;
  }

  #ask(id: number): Incoming | undefined {
    return this.#keeper.ask({ id, name: this.name });
  }

  /** Sends a right home; undefined if its keeper, and with it the whole count, is gone. */
  #giveBack(id: number, right: number): Incoming | undefined {
    if (!this.#keeper.space.isDead(right)) return this.#keeper.ask({ id, name: this.name, right });
    this.#keeper.space.give(right);
    return undefined;
  }

  /** We hold the lock now; if we held another one before, its keeper was killed. */
  #locked(right: number): void {
    if (this.#lock !== 0) this.#keeper.space.give(this.#lock);
    this.#lock = right;
  }

  /** Sends a request and waits for its answer; asks again if the keeper dies meanwhile. */
  async #wait(id: number, signal: AbortSignal): Promise<Incoming> {
    for (;;) {
      signal.throwIfAborted();
      const letter = this.#keeper.mail.open();
      try {
        this.#keeper.send({ id, name: this.name }, letter.port);
        const answer = await unlessAborted(letter.answer, signal);
        if (answer.id === ANSWER) return answer;
      } catch (error) {
        // It may have come in this very instant.
        letter.answer.then(({ right }) => this.#keeper.space.give(right));
        throw error;
      } finally {
        await letter.close();
      }
    }
  }

  #lockHolder(): string {
    const answer = this.#keeper.askIfThere({ id: ASK.holder, name: this.name });
    const pid = answer === undefined ? 0 : decodeNumber(answer.payload);
    return pid > 0 ? `, held by ${describeTarget(identify(pid) ?? pid)}` : "";
  }
}
