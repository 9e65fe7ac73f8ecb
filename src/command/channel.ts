// One output stream of a run. It has one consumer, who waits for the program and whom the program waits for; and any
// number of listeners, who only look on. What comes while only listeners want it is kept for the consumer.

import { ProcrefError } from "../../ffi/errors.ts";
import { joined } from "./buffer.ts";

/** Gets each piece, and undefined at the end. */
export type Listener = (bytes: Uint8Array | undefined) => void;

/** What the run wants to know of its streams. */
export interface ChannelEvents {
  /** Something has come. */
  active(): void;
  /** All has come. */
  ended(): void;
}

/** Bytes of gathered output that a listener who comes later is told as well. */
const RECALL = 65_536;

/** The bytes of a stream as they come. */
export class Channel {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #events: ChannelEvents;
  readonly #kept: Uint8Array[] = [];
  readonly #listeners = new Set<Listener>();
  /** What a gatherer has consumed lately, where listeners may come later. */
  readonly #past: Uint8Array[] = [];
  #pastLength = 0;
  #pulling: Promise<void> | undefined;
  #taken = false;
  #begun = false;
  #recalls = false;
  #ended: boolean;
  #patience = Infinity;

  /** @param stream Undefined: not piped, so it has ended. */
  constructor(stream: ReadableStream<Uint8Array> | undefined, events: ChannelEvents) {
    this.#reader = stream?.getReader();
    this.#ended = stream === undefined;
    this.#events = events;
  }

  /** True when all has come, though it may not be consumed. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True once there is a consumer. */
  get taken(): boolean {
    return this.#taken;
  }

  /** What has come, and is not consumed or only gathered: the last words of a program. */
  get kept(): Uint8Array {
    return joined([...this.#past, ...this.#kept]);
  }

  /**
   * Makes the caller the consumer.
   *
   * @param recalls It only gathers: listeners are told of what it has consumed, too.
   * @throws {ProcrefError} `closed`: there is one already.
   */
  take(what: string, recalls = false): void {
    if (this.#taken) throw new ProcrefError("closed", `${what} is read already`);
    this.#taken = true;
    this.#recalls = recalls;
  }

  /** The consumer's next piece; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = this.#kept.shift();
      if (bytes !== undefined) {
        if (this.#recalls) this.#remember(bytes);
        return bytes;
      }
      if (this.#ended) return undefined;
      await this.#pull();
    }
  }

  /** Gives the runtime's own stream to the consumer, where nothing has been read of it yet. */
  release(): boolean {
    if (this.#reader === undefined || this.#begun) return false;
    this.#reader.releaseLock();
    return this.#begun = true;
  }

  #remember(bytes: Uint8Array): void {
    this.#past.push(bytes);
    this.#pastLength += bytes.length;
    while (this.#pastLength > RECALL && this.#past.length > 1) {
      this.#pastLength -= this.#past.shift()?.length ?? 0;
    }
  }

  /** Looks on, from what nobody has consumed yet, or only gathered. @returns Ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    for (const bytes of [...this.#past, ...this.#kept]) listener(bytes);
    if (this.#ended) listener(undefined);
    else void this.#drive();
    return () => this.#listeners.delete(listener);
  }

  /** From now on, a read that brings nothing for so many milliseconds is the end. */
  hurry(patience: number): void {
    if (this.#ended || this.#patience !== Infinity) return;
    this.#patience = patience;
    if (this.#pulling !== undefined) this.#limit(this.#pulling);
  }

  /** Lets go of what nobody will read. */
  async discard(): Promise<void> {
    this.#kept.length = 0;
    if (!this.#ended) await this.#reader?.cancel().catch(() => {});
  }

  async #drive(): Promise<void> {
    while (this.#listeners.size > 0 && !this.#ended) await this.#pull();
  }

  #pull(): Promise<void> {
    if (this.#pulling !== undefined) return this.#pulling;
    this.#begun = true;
    const pulling = this.#next();
    this.#pulling = pulling;
    if (this.#patience !== Infinity) this.#limit(pulling);
    return pulling;
  }

  async #next(): Promise<void> {
    const bytes = await this.#readOne();
    this.#pulling = undefined;
    if (bytes === undefined) {
      this.#ended = true;
      this.#events.ended();
    } else {
      this.#events.active();
      this.#kept.push(bytes);
    }
    for (const listener of [...this.#listeners]) listener(bytes);
  }

  async #readOne(): Promise<Uint8Array | undefined> {
    try {
      const next = await this.#reader?.read();
      return next?.done ? undefined : next?.value;
    } catch {
      // A pipe that fails has nothing more to say; that it failed is seen at the other end as well.
      return undefined;
    }
  }

  #limit(pulling: Promise<void>): void {
    const timer = setTimeout(() => void this.#reader?.cancel().catch(() => {}), this.#patience);
    pulling.finally(() => clearTimeout(timer));
  }
}
