import { ProcrefError, TimeoutError } from "../../../ffi/errors.ts";
import { lastWords, TAIL, told } from "../../file/last_words.ts";
import { close, OPEN, open, statusOf } from "../../file/posix.ts";
import type { ProcessIdentity } from "../../process/identity.ts";
import { isAlive, stop } from "../../process/process.ts";
import type { Settings } from "../options.ts";
import { pause } from "../pause.ts";
import { writePidText } from "../pid_file/file.ts";
import { claim, discard } from "../pid_file/lock.ts";
import { readRecorded } from "../pid_file/pid_file.ts";
import { Leader } from "./leader.ts";
import { namelessFile, readAt } from "./nameless.ts";
import { type OrderState, readOrder, writeOrder } from "./order.ts";

/** What is to be started. */
export interface Start {
  /** What messages call it: `The daemon`. */
  readonly title: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Settings;
  /** True: the program is this one, which knows of the order; false: any program. */
  readonly informed: boolean;
}

/** A daemon that has been launched and may not be ready yet. */
export interface Launched {
  readonly leader: Leader;
  /** How much of its log was there before. */
  readonly from: number;
  /** What it has told by now. */
  state(): OrderState;
}

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
    if (lock !== undefined) writePidText(lock, "");
    pause("daemon:emptied");
    const identity = await launchLocked(start, lock, untilReady);
    failed = false;
    return identity;
  } finally {
    if (lock !== undefined && pidFile !== undefined) {
      if (failed) discard(lock, pidFile);
      else close(lock);
    }
  }
}

async function launchLocked(
  start: Start,
  pidFile: number | undefined,
  untilReady: (launched: Launched) => Promise<void>,
): Promise<ProcessIdentity> {
  const { settings, informed, command, environment } = start;
  const output = openOutput(start);
  const order = writeOrder(settings);
  try {
    const directory = informed ? undefined : settings.workingDirectory;
    const { umask } = settings;
    const from = statusOf(output).size;
    const leader = Leader.start(
      { command, environment, directory, umask, informed, order, output, pidFile },
    );
    const launched = { leader, from, state: () => readOrder(order) };
    try {
      await leader.introduce(() => launched.state().pid);
      pause("daemon:launched");
      await untilReady(launched);
      pause("daemon:ready");
      const identity = verify(start, launched.state());
      await leader.letGo();
      return identity;
    } catch (error) {
      await abandon(launched);
      throw withLastWords(error, wordsOf(start, output, from));
    }
  } finally {
    close(order);
    close(output);
  }
}

/** The log; or, until it is ready, a place where a daemon that knows of it leaves its words for us. */
function openOutput({ settings: { log }, informed }: Start): number {
  if (log !== undefined) {
    return open(log, OPEN.writeOnly | OPEN.create | OPEN.append, 0o644);
  }
  return informed ? namelessFile("procref-output") : open("/dev/null", OPEN.writeOnly);
}

/** A ready daemon must be the one that was started, alive, and the one that the pid file names. */
function verify({ title, settings: { pidFile } }: Start, { daemon }: OrderState): ProcessIdentity {
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
async function abandon({ leader, state }: Launched): Promise<void> {
  const { daemon } = state();
  if (daemon !== undefined) await stop(daemon, { timeout: GRACE });
  await leader.end();
}

/** The end of what the daemon has printed. */
function wordsOf({ settings: { log }, informed }: Start, output: number, from: number): string {
  if (log !== undefined) return lastWords(log, from);
  if (!informed) return "";
  return told(readAt(output, Math.max(0, statusOf(output).size - TAIL), TAIL));
}

/** The failure, with the daemon's last words. */
function withLastWords(error: unknown, words: string): unknown {
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
