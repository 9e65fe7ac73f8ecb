// Our end of a pipe as a web stream. poll(2), on another thread, tells when there is something to be done; between two
// transfers the event loop has its turn.

import { whenPolled } from "../../../../ffi/polled.ts";
import { checked, errno, files, restarted } from "../../../../ffi/libc.ts";
import { ERRNO } from "../../../../ffi/errno.ts";
import { LINUX } from "../../../../ffi/numbers/linux.ts";
import type { Waiting } from "../../../../ffi/mod.ts";
import { polled } from "../../../file/descriptors.ts";
import { close } from "../../../file/posix.ts";

const { F_SETFL, F_SETPIPE_SZ, O_NONBLOCK, POLLHUP, POLLIN, POLLOUT } = LINUX;
const CHUNK = 65_536; // what a pipe holds
const LARGE = 1_048_576; // what anybody may make it hold (/proc/sys/fs/pipe-max-size)

/** One end of a pipe, and the wait for it. */
class End {
  readonly descriptor: number;
  #waiting: Waiting | undefined;
  #look = () => {};
  #closed = false;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
    files().fcntl(descriptor, F_SETFL, O_NONBLOCK);
  }

  /** Waits until there is something to be done. @returns False once it is closed. @throws {SystemError} */
  async ready(events: number): Promise<boolean> {
    if (this.#closed) return false;
    const waiting = this.#waiting = whenPolled(this.descriptor, events);
    const seen = new Promise<void>((resolve) => {
      this.#look = () => polled(this.descriptor, events) !== 0 && resolve();
    });
    await Promise.race([waiting.done, seen]);
    waiting.cancel();
    return !this.#closed;
  }

  /** Looks now, for somebody who knows that there may be something: sooner than the other thread tells. */
  look(): void {
    if (!this.#closed) this.#look();
  }

  /** Runs a transfer; one that fails was the last. */
  async during<T>(transfer: () => Promise<T>): Promise<T> {
    try {
      return await transfer();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Closes it, once nobody polls it any more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting?.cancel();
    // A wait that the system has refused is over as well.
    await this.#waiting?.done.catch(() => {});
    close(this.descriptor);
  }
}

const room = new Uint8Array(new ArrayBuffer(CHUNK));

/** What comes out of a pipe; it is read when somebody asks, as much as the pipe holds. */
export function readableFrom(
  descriptor: number,
  over: Promise<unknown>,
): ReadableStream<Uint8Array> {
  const end = new End(descriptor);
  const look = () => end.look();
  over.then(look, look);
  let holds = CHUNK;

  /** @returns False when all has come. */
  async function read(controller: ReadableStreamDefaultController<Uint8Array>): Promise<boolean> {
    if (!await end.ready(POLLIN)) return true;
    let count = CHUNK;
    for (let taken = 0; taken < holds && count === CHUNK; taken += count) {
      count = restarted(() => files().read(descriptor, room, CHUNK));
      if (count > 0) controller.enqueue(room.slice(0, count));
    }
    // Who fills it has more to say: fewer turns for the same.
    if (count === CHUNK && holds === CHUNK) holds = enlarged(descriptor);
    if (count === -1) {
      return checked(errno() === ERRNO.EAGAIN ? 0 : -1, "read", "from a child") === 0;
    }
    // The last piece and the end of file come together as a rule, and another wait would take its time.
    return count > 0 && polled(descriptor, POLLIN) !== POLLHUP;
  }

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (await end.during(() => read(controller))) return;
      controller.close();
      await end.close();
    },
    cancel: () => end.close(),
  }, { highWaterMark: 0 });
}

/** Makes a pipe hold more, where that is allowed. @returns What it holds. */
function enlarged(descriptor: number): number {
  return files().fcntl(descriptor, F_SETPIPE_SZ, LARGE) === -1 ? CHUNK : LARGE;
}

/** What goes into a pipe; each write waits until it is in, closing is end of file. */
export function writableTo(descriptor: number): WritableStream<Uint8Array> {
  const end = new End(descriptor);

  async function write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) {
      const count = restarted(() => files().write(descriptor, rest, rest.length));
      if (count === -1 && errno() === ERRNO.EAGAIN) await end.ready(POLLOUT);
      else rest = rest.subarray(checked(count, "write", "to a child"));
    }
  }

  return new WritableStream<Uint8Array>({
    write: (bytes) => end.during(() => write(bytes)),
    close: () => end.close(),
    abort: () => end.close(),
  });
}
