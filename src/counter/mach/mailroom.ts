// Waits for answers without blocking the event loop: one mach_msg on another thread receives for all of them, through
// a port set, and only while somebody waits.

import { MACH } from "../../../ffi/numbers/mach.ts";
import type { Incoming } from "./message.ts";
import { WAKE } from "./protocol.ts";
import type { Space } from "./space.ts";

/** An answer to come. */
export interface Letter {
  /** The port it comes to. */
  readonly port: number;
  readonly answer: Promise<Incoming>;
  /** Destroys the port, and with it an answer that has come and the right in it. Resolves when nobody waits there. */
  close(): Promise<void>;
}

/** The waits of one thread. */
export class Mailroom {
  readonly #space: Space;
  readonly #waiting = new Map<number, (message: Incoming) => void>();
  #set = 0;
  #control = 0;
  #running: Promise<void> | undefined;

  constructor(space: Space) {
    this.#space = space;
  }

  /** Makes a port for one answer, and waits there. */
  open(): Letter {
    if (this.#set === 0) {
      this.#set = this.#space.allocate(MACH.MACH_PORT_RIGHT_PORT_SET);
      this.#control = this.#space.allocate();
      this.#space.join(this.#control, this.#set);
    }
    const port = this.#space.allocate();
    this.#space.join(port, this.#set);
    const { promise, resolve } = Promise.withResolvers<Incoming>();
    this.#waiting.set(port, resolve);
    this.#running ??= this.#run();
    return { port, answer: promise, close: () => this.#close(port) };
  }

  async #close(port: number): Promise<void> {
    this.#space.destroy(port);
    if (this.#waiting.delete(port) && this.#waiting.size === 0) this.#wake();
    if (this.#waiting.size === 0) await this.#running;
  }

  #wake(): void {
    const disposition = MACH.MACH_MSG_TYPE_MAKE_SEND_ONCE;
    this.#space.send({ id: WAKE, to: { name: this.#control, disposition } });
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      const message = await this.#space.receiveElsewhere(this.#set);
      const waiter = this.#waiting.get(message.port);
      this.#waiting.delete(message.port);
      if (waiter === undefined) this.#space.give(message.right);
      else waiter(message);
    }
    this.#running = undefined;
  }
}
