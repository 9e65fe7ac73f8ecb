// For tests only: with `PROCREF_PAUSE="POINT FILE"` in the environment, the first process to reach that point makes
// the file, writes its pid there and stops (SIGSTOP), so that a test can kill it exactly there.

import { cstring, environment, processes } from "../ffi/libc.ts";
import { POSIX } from "../ffi/numbers/mod.ts";
import { close, OPEN, tryOpen, writeAll } from "./file/posix.ts";
import { runtime } from "./runtime/mod.ts";

// Another system's way is loaded only there.
const windows = runtime.platform === "windows" ? await import("./object/stop.ts") : undefined;

const VARIABLE = "PROCREF_PAUSE";

let chosen: readonly string[] | undefined;

/** Stops here if this is the chosen point and nobody has stopped there before. */
export function pauseAt(point: string): void {
  chosen ??= isAsked() ? runtime.variable(VARIABLE)?.split(" ") ?? [] : [];
  const [name, file] = chosen;
  if (name !== point || file === undefined) return;
  if (windows !== undefined) return windows.stopOnce(file);
  const descriptor = tryOpen(file, OPEN.writeOnly | OPEN.create | OPEN.exclusive);
  if (descriptor === -1) return;
  const pid = processes().getpid();
  writeAll(descriptor, new TextEncoder().encode(`${pid}\n`));
  close(descriptor);
  processes().kill(pid, POSIX.SIGSTOP);
}

/** Asked of the C library, because to have the runtime's environment takes a client a quarter of a millisecond. */
function isAsked(): boolean {
  return windows !== undefined || environment().getenv(cstring(VARIABLE)) !== null;
}
