// For tests only: with `PROCREF_PAUSE="POINT FILE"` in the environment, the first process to reach that point makes
// the file, writes its pid there and stops (SIGSTOP), so that a test can kill it exactly there.

import { POSIX } from "../../ffi/numbers/mod.ts";
import { processes } from "../../ffi/libc.ts";
import { close, OPEN, tryOpen, writeAll } from "../file/posix.ts";
import { runtime } from "../runtime/mod.ts";

/** The steps at which a process can be stopped. */
export const PAUSE_POINTS = [
  "acquire:guardian-made",
  "acquire:entered",
  "acquire:attached",
  "acquire:started",
  "acquire:unlocked",
  "written:starting",
  "written:recovering",
  "written:running",
  "written:stopping",
  "release:left",
  "release:stopped",
  "release:erased",
  "release:removed",
  "pass:begun",
  "pass:locked",
  "pass:idle-written",
  "pass:stopping-written",
  "pass:stopped",
  "pass:erased",
  "pass:removed",
] as const;

/** One of the steps. */
export type PausePoint = typeof PAUSE_POINTS[number];

let chosen: readonly string[] | undefined;

/** Stops here if this is the chosen point and nobody has stopped there before. */
export function pause(point: PausePoint): void {
  chosen ??= runtime.environment()["PROCREF_PAUSE"]?.split(" ") ?? [];
  const [name, file] = chosen;
  if (name !== point || file === undefined) return;
  const descriptor = tryOpen(file, OPEN.writeOnly | OPEN.create | OPEN.exclusive);
  if (descriptor === -1) return;
  const pid = processes().getpid();
  writeAll(descriptor, new TextEncoder().encode(`${pid}\n`));
  close(descriptor);
  processes().kill(pid, POSIX.SIGSTOP);
}
