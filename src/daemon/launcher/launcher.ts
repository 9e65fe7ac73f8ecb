import { ProcrefError, TimeoutError } from "../../../ffi/errors.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { stop } from "../../process/process.ts";
import { isAlive } from "../../process/alive.ts";
import { pause } from "../pause.ts";
import { claim } from "../pid_file/lock.ts";
import { readRecorded } from "../pid_file/pid_file.ts";
import type { Claim } from "../pid_file/system.ts";
import { launch, type Launched, type LaunchState, type Start } from "./system.ts";

const GRACE = 2000; // ms from the SIGTERM of a start that failed to its SIGKILL

/**
 * Launches a daemon, and returns when it is ready, by `untilReady`. If it fails, everything that was started is
 * ended first, and the pid file removed.
 *
 * @throws {LockedError} Another daemon holds the pid file.
 * @throws {ProcrefError} `"start_failed"`: it ended; and what `untilReady` throws.
 */
export async function launchDaemon(
  start: Start,
  untilReady: (launched: Launched) => Promise<void>,
): Promise<ProcessIdentity> {
  const { pidFile } = start.settings;
  const lock = pidFile === undefined ? undefined : await claim(pidFile);
  pause("daemon:locked");
  let failed = true;
  try {
    lock?.write("");
    pause("daemon:emptied");
    const identity = await launchLocked(start, lock, untilReady);
    failed = false;
    return identity;
  } finally {
    if (failed) lock?.discard();
    else lock?.close();
  }
}

async function launchLocked(
  start: Start,
  pidFile: Claim | undefined,
  untilReady: (launched: Launched) => Promise<void>,
): Promise<ProcessIdentity> {
  using launched = launch(start, pidFile);
  try {
    await launched.introduce();
    pause("daemon:launched");
    await untilReady(launched);
    pause("daemon:ready");
    const identity = verify(start, launched.state());
    await launched.letGo();
    return identity;
  } catch (error) {
    await abandon(launched);
    throw withLastWords(error, launched);
  }
}

/** A ready daemon must be the one that was started, alive, and the one that the pid file names. */
function verify({ title, settings: { pidFile } }: Start, { daemon }: LaunchState): ProcessIdentity {
  if (daemon === undefined || !isAlive(daemon)) {
    throw new ProcrefError("start_failed", `${title} ended as soon as it was ready`);
  }
  const pid = pidFile === undefined ? daemon.pid : readRecorded(pidFile).pid;
  if (pid === daemon.pid) return daemon;
  throw new ProcrefError(
    "start_failed",
    `${title} is pid ${daemon.pid}, but its pid file says ${pid}`,
  );
}

/** Ends what was started. */
async function abandon(launched: Launched): Promise<void> {
  const { daemon } = launched.state();
  if (daemon !== undefined) await stop(daemon, { timeout: GRACE });
  await launched.end();
}

/** The failure, with the end of what the daemon has printed. */
function withLastWords(error: unknown, launched: Launched): unknown {
  const words = launched.lastWords();
  if (!isOfTheDaemon(error) || words === "" || error.message.includes(words)) return error;
  const message = error.message + words;
  return error instanceof TimeoutError
    ? new TimeoutError(message, error.code)
    : new ProcrefError(error.code, message, { cause: error });
}

/** True for what the daemon itself did or did not do: narrower errors tell of something else. */
function isOfTheDaemon(error: unknown): error is ProcrefError {
  return error instanceof TimeoutError ||
    (error instanceof ProcrefError && error.constructor === ProcrefError);
}
