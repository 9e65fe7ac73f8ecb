import { ERRNO } from "../../ffi/errno.ts";
import { ProcrefError, SystemError } from "../../ffi/errors.ts";

/** Exit codes of procref itself; those from 124 on as env(1), timeout(1) and docker use them. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** `status` of what does not run. */
  absent: 3,
  timedOut: 124,
  /** procref itself failed, and COMMAND was not run or not to its end. */
  wrapper: 125,
  notExecutable: 126,
  notFound: 127,
  /** Plus its number: a signal ended COMMAND. */
  signal: 128,
} as const;

/** True if the system had nothing left to start anything with: that is not COMMAND's fault. */
function isOurs(error: unknown): boolean {
  const { EAGAIN, EMFILE, ENFILE, ENOMEM } = ERRNO;
  return error instanceof SystemError && [EAGAIN, EMFILE, ENFILE, ENOMEM].includes(error.errno);
}

/** The exit code for a COMMAND that could not be started. */
export function startFailureCode(error: unknown): number {
  if (error instanceof ProcrefError && error.code === "not_found") return EXIT.notFound;
  return isOurs(error) ? EXIT.wrapper : EXIT.notExecutable;
}
