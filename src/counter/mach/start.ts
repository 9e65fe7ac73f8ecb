import { pipe } from "../../file/descriptors.ts";
import { close, readAll } from "../../file/posix.ts";
import { launch } from "../../process/launch.ts";
import { reap } from "../../process/launched.ts";
import { runtime } from "../../runtime/mod.ts";
import { initialEnvironment } from "../../runtime/process_files.ts";

// The keeper holds descriptor 3, the pipe's write end, until it has checked in; the shell is gone before.
const SCRIPT = `exec 3<&0 </dev/null
printf %s "$PROCREF_KEEPER" | { unset PROCREF_KEEPER; exec "$@"; } &`;

/**
 * Starts a keeper; returns when it has checked in, or has ended because another one had.
 *
 * @param command What reads the keeper's code from its standard input.
 * @param code The code.
 * @throws {SystemError} The system has no pipe or no process left, or no `sh`.
 */
export function launchKeeper(command: readonly string[], code: string): void {
  const { readEnd, writeEnd } = pipe();
  try {
    launch({
      command: ["/bin/sh", "-c", SCRIPT, "procref-keeper", ...command],
      environment: { ...initialEnvironment(), ...runtime.scriptEnvironment, PROCREF_KEEPER: code },
      directory: "/",
      stdin: writeEnd,
    });
  } catch (error) {
    close(readEnd);
    throw error;
  } finally {
    close(writeEnd);
  }
  readAll(readEnd, 1);
  close(readEnd);
  reap();
}
