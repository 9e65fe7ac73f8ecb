/** Events of something that ends, for any number of readers, who all begin with the first one that is kept. */
export class EventLog<Event> {
  readonly #limit: number;
  #events: Event[] = [];
  #dropped = 0;
  #over = false;
  #change = Promise.withResolvers<void>();

  /** @param limit How many are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(event: Event): void {
    this.#events.push(event);
    if (this.#events.length > this.#limit) {
      this.#events.shift();
      this.#dropped++;
    }
    this.#changed();
  }

  /** There will be no more. */
  close(): void {
    this.#over = true;
    this.#changed();
  }

  /** Those that are there, then the others as they come, until the end. */
  async *read(): AsyncGenerator<Event, void> {
    for (let position = 0;; position++) {
      while (position >= this.#dropped + this.#events.length) {
        if (this.#over) return;
        await this.#change.promise;
      }
      position = Math.max(position, this.#dropped);
      const event = this.#events[position - this.#dropped];
      if (event !== undefined) yield event;
    }
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
