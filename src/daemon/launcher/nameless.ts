// A file that nobody finds by a name, and that goes with its last descriptor: memfd_create(2); on macOS one that is
// unlinked as soon as it is there (its shm_open(2) makes nothing that can be read or written).

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { checked, cstring, files, restarted } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { platform } from "../../../ffi/platform.ts";
import { OPEN, open, remove } from "../../file/posix.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../../file/darwin.ts") : undefined;

/** Makes one, for reading and writing, close-on-exec. @throws {SystemError} */
export function namelessFile(purpose: string): number {
  if (darwin === undefined) {
    return checked(daemons().memfd_create(cstring(purpose), LINUX.MFD_CLOEXEC), "memfd_create");
  }
  const path = `${darwin.temporaryDirectory()}${purpose}-${crypto.randomUUID()}`;
  const descriptor = open(path, OPEN.readWrite | OPEN.create | OPEN.exclusive);
  remove(path);
  return descriptor;
}

/**
 * Reads a file from an offset on, to its end or to `limit` bytes (pread(2)): where it is written next, which all
 * descriptors of it share, stays.
 *
 * @throws {SystemError}
 */
export function readAt(descriptor: number, offset: number, limit: number): Uint8Array {
  const buffer = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const room = buffer.subarray(length);
    const { pread } = files();
    const count = checked(
      restarted(() => pread(descriptor, room, room.length, offset + length)),
      "pread",
    );
    length += count;
    if (count === 0 || length === limit) return buffer.subarray(0, length);
  }
}
