import { ProcrefError, TimeoutError } from "../../ffi/errors.ts";
import { quote } from "../name.ts";
import type { ProcessTarget } from "../process/identity.ts";
import { stop, type StopOptions } from "../process/process.ts";
import { checkDuration, sleep } from "../wait.ts";
import { absolutePath } from "./path.ts";
import type { Recorded } from "./pid_file/content.ts";
import { discardStale } from "./pid_file/lock.ts";
import { find, type Finding } from "./status.ts";

const STEP = 5; // ms: no event tells when a launcher's lock becomes its daemon's pid

/**
 * Stops the daemon of a pid file: asks it, waits for its end, kills it if it doesn't obey in time, and removes the
 * file that it may have left. A process that merely got the pid of a dead daemon is never signalled.
 *
 * On Windows a daemon that has called `onStop()` is asked; any other one ends at once, which is `"terminated"` as well.
 *
 * @param pidFile The pid file.
 * @param options How long to wait from the request to the SIGKILL (5000 ms), and what to ask with (SIGTERM).
 * @returns `"gone"`: nothing ran; `"terminated"`: it obeyed; `"killed"`: it had to be.
 * @throws {ProcrefError} `"permission_denied"`: the file may not be read; `"not_a_file"`: a link or a directory is
 * there.
 * @throws {SystemError} The daemon may not be signalled (EPERM).
 * @throws {TimeoutError} Its lock is held, but for `timeout` milliseconds by nobody whose pid it has.
 * @throws {TypeError} It is no path.
 * @throws {RangeError} The timeout is negative or NaN.
 *
 * @example
 * ```ts
 * import { spawnDaemon, stopDaemon } from "@procref/procref/daemon";
 *
 * const pidFile = `/tmp/docs-stop-${Deno.pid}.pid`;
 * await spawnDaemon("sleep", { args: ["60"], pidFile });
 * console.log(await stopDaemon(pidFile)); // "terminated"
 * console.log(await stopDaemon(pidFile)); // "gone"
 * ```
 */
export async function stopDaemon(
  pidFile: string | URL,
  options: StopOptions = {},
): Promise<"gone" | "terminated" | "killed"> {
  const path = absolutePath(pidFile, "A pid file");
  const timeout = checkDuration(options.timeout ?? 5000, "timeout");
  const end = performance.now() + timeout;
  const { status, recorded } = await settled(path, end, options.signal);
  if (!status.running || recorded === undefined) {
    tidy(path);
    return "gone";
  }
  const result = await stop(target(recorded), options);
  // What it has started may still be on its way out, with its descriptors.
  while (!tidy(path) && performance.now() < end) await sleep(STEP, options.signal);
  return result;
}

function target({ pid, startTime }: Recorded): ProcessTarget {
  return startTime === undefined ? pid : { pid, startTime };
}

/** Waits while a daemon is just being started: it is locked, and has no pid yet. */
async function settled(path: string, end: number, signal?: AbortSignal): Promise<Finding> {
  for (;;) {
    const finding = find(path);
    if (!finding.status.running || finding.recorded !== undefined) return finding;
    if (performance.now() >= end) {
      throw new TimeoutError(
        `Timed out waiting for the holder of the pid file ${quote(path)} to name itself`,
      );
    }
    await sleep(STEP, signal);
  }
}

/** Removes what a dead daemon left; false while its lock is held. */
function tidy(path: string): boolean {
  try {
    return discardStale(path);
  } catch (error) {
    // It has removed the file itself, or only its owner may.
    if (error instanceof ProcrefError) return true;
    throw error;
  }
}
