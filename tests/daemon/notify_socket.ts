// The socket of a supervisor (sd_notify(3)): datagrams, each of lines NAME=VALUE.

import { rmSync } from "node:fs";
import { checked, files, sockets } from "../../ffi/libc.ts";
import { eventually } from "../harness/mod.ts";

const AF_UNIX = 1;
const DATAGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;

/** A socket that messages are read from. A name with `@` is an abstract one (unix(7)). */
export class NotifySocket implements Disposable {
  readonly #name: string;
  readonly #descriptor: number;

  constructor(name: string) {
    this.#name = name;
    this.#descriptor = checked(sockets().socket(AF_UNIX, DATAGRAM_NONBLOCK_CLOEXEC, 0), "socket");
    const bytes = new TextEncoder().encode(name);
    if (name.startsWith("@")) bytes[0] = 0;
    const address = new Uint8Array(2 + bytes.length);
    address[0] = AF_UNIX;
    address.set(bytes, 2);
    checked(sockets().bind(this.#descriptor, address, address.length), "bind");
  }

  /** The next message. */
  async next(): Promise<string> {
    const buffer = new Uint8Array(4096);
    let length = -1;
    await eventually(() => {
      length = files().read(this.#descriptor, buffer, buffer.length);
      return length !== -1;
    }, 20_000);
    return new TextDecoder().decode(buffer.subarray(0, length));
  }

  [Symbol.dispose](): void {
    files().close(this.#descriptor);
    if (!this.#name.startsWith("@")) rmSync(this.#name);
  }
}
