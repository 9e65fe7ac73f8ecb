// Lines one by one. An async generator would take several turns of the microtask queue for each line; here one read
// brings many, and all but its first are there already.

/** Where lines come from, many at a time. */
export interface LineSource {
  /** The next lines, perhaps none; undefined at the end. */
  read(): Promise<readonly string[] | undefined>;
  /** The reader has left: the rest is for nobody. */
  leave(): Promise<void>;
}

type Next = IteratorResult<string, undefined>;

const OVER: Next = { done: true, value: undefined };

/** The lines of a source. Calls of `next()` may overlap: they are answered in their order. */
export class LineIterator implements AsyncIterableIterator<string, undefined> {
  readonly #source: LineSource;
  #lines: readonly string[] = [];
  #at = 0;
  #over = false;
  #waiting: Promise<Next> | undefined;

  constructor(source: LineSource) {
    this.#source = source;
  }

  next(): Promise<Next> {
    if (this.#waiting === undefined && this.#at < this.#lines.length) {
      return Promise.resolve(this.#line());
    }
    const turn = (this.#waiting ?? Promise.resolve()).catch(() => {}).then(() => this.#more());
    const waiting = turn.finally(() => {
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    return this.#waiting = waiting;
  }

  async return(): Promise<Next> {
    if (this.#over) return OVER;
    this.#stop();
    await this.#source.leave();
    return OVER;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #line(): Next {
    return { done: false, value: this.#lines[this.#at++] ?? "" };
  }

  async #more(): Promise<Next> {
    while (this.#at >= this.#lines.length) {
      if (this.#over) return OVER;
      try {
        const lines = await this.#source.read();
        if (lines === undefined) this.#stop();
        else [this.#lines, this.#at] = [lines, 0];
      } catch (error) {
        this.#stop();
        throw error;
      }
    }
    return this.#line();
  }

  #stop(): void {
    this.#over = true;
    this.#lines = [];
  }
}
