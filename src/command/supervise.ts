// The loop of a supervision: run, judge, pause. What an attempt means is decided by `verdict`; everything else waits.

import { type ErrorCode, ProcrefError } from "../../ffi/errors.ts";
import { sleep } from "../wait.ts";
import { checkBackoff, delayBefore, jittered } from "./backoff.ts";
import type { Command } from "./command.ts";
import { watchHealth } from "./health.ts";
import { Storm } from "./storm.ts";
import {
  healthCheckOf,
  type StopReason,
  type SupervisionEvent,
  type SupervisionOutcome,
  type SupervisorOptions,
} from "./supervision.ts";
import type { CommandOutput } from "./types.ts";

/** One attempt: the run's output, or why it could not be started. */
type Attempt =
  | { readonly output: CommandOutput<string>; readonly unhealthy: boolean }
  | { readonly error: ProcrefError };

type Tell = (event: SupervisionEvent) => void;

const KEPT_BYTES = 1 << 20;
// Of the command itself: standard input that was read once, a run that no cassette has.
const INCURABLE: readonly ErrorCode[] = ["closed", "cassette_miss"];

/** Supervises to the end. @throws The signal's reason. */
export async function supervise(
  command: Command,
  options: SupervisorOptions,
  tell: Tell,
  signal: AbortSignal,
): Promise<SupervisionOutcome> {
  const backoff = checkBackoff(options);
  const storm = options.stormGuard && new Storm(options.stormGuard);
  const bounded = command.options.buffer === undefined
    ? command.with({ buffer: { maxBytes: KEPT_BYTES } })
    : command;
  let soFar: Omit<SupervisionOutcome, "stopped"> = { restarts: 0, stormPauses: 0, unhealthy: 0 };
  for (let tries = 0;; tries++) {
    const begun = performance.now();
    const attempt = await run(bounded, options, soFar.restarts, tell, signal);
    signal.throwIfAborted();
    soFar = withAttempt(soFar, attempt);
    const stopped = await verdict(attempt, soFar.restarts, options);
    signal.throwIfAborted();
    if (stopped !== undefined) {
      tell({ type: "stopped", reason: stopped, restarts: soFar.restarts });
      return { ...soFar, stopped };
    }
    const now = performance.now();
    if (crashed(attempt) && storm?.failed(now)) {
      soFar = { ...soFar, stormPauses: soFar.stormPauses + 1 };
      const pause = jittered(storm.pause, backoff.jitter);
      tell({ type: "storm", pause });
      await sleep(pause, signal);
    }
    if (now - begun >= backoff.maxBackoff) tries = 0;
    const delay = delayBefore(tries, backoff);
    tell({ type: "restarting", delay, restarts: soFar.restarts + 1 });
    await sleep(delay, signal);
    soFar = { ...soFar, restarts: soFar.restarts + 1 };
  }
}

function withAttempt(
  { error: _, ...soFar }: Omit<SupervisionOutcome, "stopped">,
  attempt: Attempt,
): Omit<SupervisionOutcome, "stopped"> {
  if ("error" in attempt) return { ...soFar, error: attempt.error };
  return { ...soFar, last: attempt.output, unhealthy: soFar.unhealthy + Number(attempt.unhealthy) };
}

function crashed(attempt: Attempt): boolean {
  return "error" in attempt || !attempt.output.success;
}

/** Whether it ends here, and why. */
async function verdict(
  attempt: Attempt,
  restarts: number,
  { restart = "on-crash", maxRestarts = Infinity, stopWhen, giveUpWhen }: SupervisorOptions,
): Promise<StopReason | undefined> {
  const failed = "error" in attempt;
  // A run that was cut short by us tells nothing about the program's own idea of an end.
  if (!failed && !attempt.unhealthy && await stopWhen?.(attempt.output)) return "predicate";
  const crash = crashed(attempt);
  if (restart === "never" || (restart === "on-crash" && !crash)) return "policy";
  if (crash && await giveUpWhen?.(failed ? attempt.error : attempt.output)) return "gave-up";
  return restarts >= maxRestarts ? "budget" : undefined;
}

async function run(
  command: Command,
  options: SupervisorOptions,
  restarts: number,
  tell: Tell,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    await using process = await command.start({ signal });
    const { pid } = process;
    tell({ type: "started", pid, restarts });
    await using health = watchHealth(process, healthCheckOf(options), (failures) => {
      tell({ type: "unhealthy", pid, failures });
      process.kill();
    });
    const output = await process.output();
    const { code, signal: by, success, timedOut, duration } = output;
    tell({ type: "exited", pid, code, signal: by, success, timedOut, duration });
    return { output, unhealthy: health.failed && !success };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProcrefError) || INCURABLE.includes(error.code)) throw error;
    tell({ type: "failed", error });
    return { error };
  }
}
