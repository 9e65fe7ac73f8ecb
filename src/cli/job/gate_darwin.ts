// Apple's own programs show their environment to nobody, so a command that was started, and not recorded before procref
// was killed, could not be found. So it is a shell at first, which waits for a line in a FIFO: at its end, because procref
// is gone, it is gone as well.

import { temporaryDirectory } from "../../file/darwin.ts";
import { openFifo } from "../../file/descriptors.ts";
import { close, remove, writeAll } from "../../file/posix.ts";
import type { Gate } from "./gate.ts";
import type { Words } from "./job.ts";

/**
 * Redirects a descriptor to the end of the FIFO $1 that is read, and removes its name. Opened for writing as well, a FIFO
 * opens at once, even if nobody else has it any more (XNU, fifo_open).
 */
export function opening(descriptor: number): string {
  return `exec 9<>"$1" ${descriptor}<"$1" 9>&-\nrm -f "$1"`;
}

const SCRIPT = `${opening(8)}
read -r _ <&8 || exit
exec 8<&-
shift
exec "$@"`;

/** A FIFO of this process's own, which nobody has opened yet. @throws {SystemError} */
export function ownFifo(): { readEnd: number; writeEnd: number; path: string } {
  const path = `${temporaryDirectory()}procref-job-${crypto.randomUUID()}`;
  return { ...openFifo(path), path };
}

/** A gate of macOS. */
export class FifoGate implements Gate {
  readonly #fifo = ownFifo();

  behind(command: Words): Words {
    return ["/bin/sh", "-c", SCRIPT, "procref-launcher", this.#fifo.path, ...command];
  }

  open(): void {
    writeAll(this.#fifo.writeEnd, new TextEncoder().encode("\n"));
  }

  /** What is in a FIFO that nobody has open is lost: it stays open until the command has ended. */
  [Symbol.dispose](): void {
    const { readEnd, writeEnd, path } = this.#fifo;
    close(readEnd);
    close(writeEnd);
    remove(path);
  }
}
