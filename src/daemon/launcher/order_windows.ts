// What launcher and daemon tell each other lies in shared memory that has the daemon's pid and start time in its name:
// the launcher's order, then that the daemon is ready. Launcher and daemon have a handle of it, and it goes with the
// last one; a child of the daemon looks for another name.

import { native } from "../../../ffi/mod.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { createSection, openSection, ownPrefix, type Where } from "../../object/named.ts";
import { mapSection, unmap, type View } from "../../object/view.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import type { Order } from "./order.ts";

const ORDER_LENGTH = 0; // of the two words at the beginning
const READY = 1; // the message's length and one; 0 until then
const HEAD = 8; // bytes
const ORDER_ROOM = 1 << 20;
const MESSAGE_ROOM = 1 << 16;

/** Handles that the daemon has from its launcher, by their numbers there. */
export interface GivenHandles {
  /** This memory. */
  readonly order: number;
  /** The event that wakes the launcher. */
  readonly ready: number;
  readonly pidFile: number | undefined;
}

/** An order, and what it takes to carry it out. */
export interface WindowsOrder extends Order {
  readonly given: GivenHandles;
}

function whereOf({ pid, startTime }: ProcessIdentity): Where {
  return { name: `${ownPrefix()}-daemon-${pid}-${startTime}`, subject: `for daemon ${pid}` };
}

/** The memory that a launcher shares with its daemon. */
export class OrderMemory implements Disposable {
  readonly handle: number;
  readonly #view: View;
  readonly #bytes: ArrayBuffer;

  private constructor(handle: number, { subject }: Where) {
    this.handle = handle;
    try {
      this.#view = mapSection(handle, subject);
    } catch (error) {
      closeHandle(handle);
      throw error;
    }
    const { address } = this.#view;
    this.#bytes = native.view(native.addressAt(address), HEAD + ORDER_ROOM + MESSAGE_ROOM);
  }

  /** Makes it. @throws {SystemError} */
  static create(daemon: ProcessIdentity): OrderMemory {
    const where = whereOf(daemon);
    return new OrderMemory(createSection(where, HEAD + ORDER_ROOM + MESSAGE_ROOM), where);
  }

  /** The one for this process; undefined where nobody has made one. */
  static find(daemon: ProcessIdentity): OrderMemory | undefined {
    const where = whereOf(daemon);
    const handle = openSection(where);
    return handle === undefined ? undefined : new OrderMemory(handle, where);
  }

  get #words(): Int32Array {
    return new Int32Array(this.#bytes, 0, HEAD / 4);
  }

  /** @throws {RangeError} It is too long: three paths can't be. */
  write(order: WindowsOrder): void {
    const bytes = new TextEncoder().encode(JSON.stringify(order));
    new Uint8Array(this.#bytes, HEAD, ORDER_ROOM).set(bytes);
    Atomics.store(this.#words, ORDER_LENGTH, bytes.length);
  }

  read(): WindowsOrder {
    // Its only writer is this module, in this version.
    return JSON.parse(this.#text(HEAD, Atomics.load(this.#words, ORDER_LENGTH))) as WindowsOrder;
  }

  /** Says that the daemon is ready. A message that is longer than 65536 bytes loses its end. */
  writeReady(message: string): void {
    const room = new Uint8Array(this.#bytes, HEAD + ORDER_ROOM, MESSAGE_ROOM);
    const { written } = new TextEncoder().encodeInto(message, room);
    Atomics.store(this.#words, READY, written + 1);
  }

  /** What the daemon said when it was ready. */
  get ready(): string | undefined {
    const length = Atomics.load(this.#words, READY);
    return length === 0 ? undefined : this.#text(HEAD + ORDER_ROOM, length - 1);
  }

  #text(at: number, length: number): string {
    return new TextDecoder().decode(new Uint8Array(this.#bytes, at, length).slice());
  }

  [Symbol.dispose](): void {
    this.#bytes.transfer(0);
    unmap(this.#view);
    closeHandle(this.handle);
  }
}
