// A pipe to oneself: macOS has no eventfd. A byte in it is a ring; when it is full, it has rung.

import { checked, files } from "./libc.ts";
import { darwinFiles } from "./libsystem.ts";
import { DARWIN } from "./numbers/darwin.ts";
import type { Bell } from "./poller.ts";

/** Opens a bell, which stays for the life of its thread. @throws {SystemError} No descriptor is left. */
export function openBell(): Bell {
  const { F_SETFD, F_SETFL, FD_CLOEXEC, O_NONBLOCK } = DARWIN;
  const ends = new Int32Array(2);
  checked(darwinFiles().pipe(ends), "pipe");
  for (const end of ends) {
    files().fcntl(end, F_SETFD, FD_CLOEXEC);
    files().fcntl(end, F_SETFL, O_NONBLOCK);
  }
  const [descriptor = -1, other = -1] = ends;
  const bytes = new Uint8Array(64);
  return {
    descriptor,
    ring: () => void files().write(other, bytes, 1),
    silence: () => void files().read(descriptor, bytes, bytes.length),
  };
}
