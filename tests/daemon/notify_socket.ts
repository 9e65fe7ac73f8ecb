// The socket of a supervisor (sd_notify(3)): datagrams, each of lines NAME=VALUE.

import { rmSync } from "node:fs";
import { checked, files } from "../../ffi/libc.ts";
import { sockets } from "../../ffi/libc_sockets.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { eventually } from "../harness/mod.ts";

const { AF_UNIX, F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK, SOCK_DGRAM } = POSIX;

/** A socket that messages are read from. A name with `@` is an abstract one (unix(7)). */
export class NotifySocket implements Disposable {
  readonly #name: string;
  readonly #descriptor: number;

  constructor(name: string) {
    this.#name = name;
    this.#descriptor = checked(sockets().socket(AF_UNIX, SOCK_DGRAM, 0), "socket");
    files().fcntl(this.#descriptor, F_SETFD, FD_CLOEXEC);
    files().fcntl(this.#descriptor, F_SETFL, O_NONBLOCK);
    const bytes = new TextEncoder().encode(name);
    if (name.startsWith("@")) bytes[0] = 0;
    const address = new Uint8Array(2 + bytes.length);
    address.set(platform === "darwin" ? [address.length, AF_UNIX] : [AF_UNIX, 0]);
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
