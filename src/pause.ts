// For tests only: with `PROCREF_PAUSE="POINT FILE"` in the environment, the first process to reach that point makes
// the file, writes its pid there and stops (SIGSTOP), so that a test can kill it exactly there.

import { cstring, environment, processes, stringAt } from "../ffi/libc.ts";
import { POSIX } from "../ffi/numbers/mod.ts";
import { platform, runtimeName, variableOfBun } from "../ffi/platform.ts";
import { close, OPEN, tryOpen, writeAll } from "./file/posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./object/stop.ts") : undefined;

const VARIABLE = "PROCREF_PAUSE";

let chosen: readonly string[] | undefined;

/** Stops here if this is the chosen point and nobody has stopped there before. */
export function pauseAt(point: string): void {
  chosen ??= choice()?.split(" ") ?? [];
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

/** In Deno the C library is asked: the runtime wants a permission. */
function choice(): string | undefined {
  if (windows !== undefined) return windows.variable(VARIABLE);
  if (runtimeName === "bun") return variableOfBun(VARIABLE);
  const found = environment().getenv(cstring(VARIABLE));
  return found === null ? undefined : stringAt(found);
}
