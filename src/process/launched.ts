// The children that posix_spawn(3) has made here: the runtimes neither know nor reap them.

import { processes, restarted } from "../../ffi/libc.ts";
import { POSIX } from "../../ffi/numbers/mod.ts";

const { WNOHANG } = POSIX;

/** Those that nobody waits for. */
export const launched: Set<number> = new Set();

/** Takes the exit status of every launched child that has ended, so that none stays a zombie. */
export function reap(): void {
  if (launched.size === 0) return;
  for (const pid of launched) {
    // 0: it still runs. Anything else: it is reaped, or somebody else has done so.
    if (restarted(() => processes().waitpid(pid, null, WNOHANG)) !== 0) launched.delete(pid);
  }
}
