import type { ProcrefError } from "../../ffi/errors.ts";
import { checkInteger } from "../check.ts";
import type { SignalName } from "../process/signals.ts";
import { checkDuration } from "../wait.ts";
import { type Backoff, checkBackoff } from "./backoff.ts";
import type { RunningProcess } from "./running.ts";
import { Storm, type StormGuard } from "./storm.ts";
import type { CommandOutput } from "./types.ts";

/** Why a supervision ended. */
export type StopReason = "predicate" | "policy" | "budget" | "gave-up";

/** What a supervision came to. That it has ended does not say that the program succeeded: `last` does. */
export interface SupervisionOutcome {
  /** The output of the last run; undefined if none could be started. */
  readonly last?: CommandOutput<string>;
  /** Why the last attempt could not be started, if it could not. */
  readonly error?: ProcrefError;
  /** How often the program was started again. */
  readonly restarts: number;
  /**
   * `"predicate"`: `stopWhen`; `"policy"`: `restart` asks for no more; `"budget"`: `maxRestarts`; `"gave-up"`:
   * `giveUpWhen`.
   */
  readonly stopped: StopReason;
  /** How often the storm guard paused. */
  readonly stormPauses: number;
  /** How often the program was killed because its health check failed. */
  readonly unhealthy: number;
}

/** A step of a supervision. */
export type SupervisionEvent =
  | { readonly type: "started"; readonly pid: number; readonly restarts: number }
  | { readonly type: "failed"; readonly error: ProcrefError }
  | { readonly type: "unhealthy"; readonly pid: number; readonly failures: number }
  | {
    readonly type: "exited";
    readonly pid: number;
    readonly code: number | null;
    readonly signal: SignalName | null;
    readonly success: boolean;
    readonly timedOut: boolean;
    /** Milliseconds. */
    readonly duration: number;
  }
  | { readonly type: "storm"; readonly pause: number }
  | { readonly type: "restarting"; readonly delay: number; readonly restarts: number }
  | { readonly type: "stopped"; readonly reason: StopReason; readonly restarts: number }
  | { readonly type: "cancelled"; readonly reason: unknown };

/** How it is found out that a program runs but does not work. */
export interface HealthCheck {
  /** Looks. False, an error, and no answer in time count as failures. */
  check(process: RunningProcess): boolean | Promise<boolean>;
  /**
   * Milliseconds between two looks, and before the first.
   *
   * @default {5000}
   */
  readonly every?: number;
  /**
   * How many failures in a row make the program unhealthy: it is killed, and that counts as a crash.
   *
   * @default {3}
   */
  readonly failures?: number;
  /** Milliseconds for one look. Default: `every`. */
  readonly timeout?: number;
}

/** How a program is kept running. Bounds and pauses are those of `Backoff`. */
export interface SupervisorOptions extends Backoff {
  /**
   * After which runs it is started again: all, those that were no success (by `okCodes`; a timeout and a failed
   * start are none), or none.
   *
   * @default {"on-crash"}
   */
  readonly restart?: "always" | "on-crash" | "never";
  /**
   * How often it is started again, in all.
   *
   * @default {Infinity}
   */
  readonly maxRestarts?: number;
  /** Ends the supervision after a run, whatever the policy says. */
  readonly stopWhen?: (output: CommandOutput<string>) => boolean | Promise<boolean>;
  /**
   * Ends the supervision after a crash that a restart can't cure. It is given the run's output or, where the program
   * could not be started, the error.
   */
  readonly giveUpWhen?: (
    failure: CommandOutput<string> | ProcrefError,
  ) => boolean | Promise<boolean>;
  /** Looks at the running program now and then. Default: no. */
  readonly healthCheck?: HealthCheck | HealthCheck["check"];
  /** Pauses when it crashes again and again. Default: no. */
  readonly stormGuard?: StormGuard;
}

const POLICIES: readonly unknown[] = ["always", "on-crash", "never"];
const CHECK_EVERY = 5000;
const CHECK_FAILURES = 3;

/** Checks everything. @throws {TypeError | RangeError} */
export function checkSupervisorOptions(options: SupervisorOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("The options of a supervisor are an object");
  }
  checkBackoff(options);
  const { restart, maxRestarts = Infinity, stormGuard } = options;
  if (restart !== undefined && !POLICIES.includes(restart)) {
    throw new TypeError(`restart is "always", "on-crash" or "never": ${String(restart)}`);
  }
  if (maxRestarts !== Infinity) {
    checkInteger(maxRestarts, "maxRestarts", 0, Number.MAX_SAFE_INTEGER);
  }
  for (const name of ["stopWhen", "giveUpWhen"] as const) {
    if (options[name] === undefined || typeof options[name] === "function") continue;
    throw new TypeError(`${name} is a function`);
  }
  healthCheckOf(options);
  if (stormGuard !== undefined) new Storm(stormGuard);
}

/** The health check with nothing left out, checked. @throws {TypeError | RangeError} */
export function healthCheckOf(
  { healthCheck }: SupervisorOptions,
): Required<HealthCheck> | undefined {
  if (healthCheck === undefined) return undefined;
  const given = typeof healthCheck === "function" ? { check: healthCheck } : healthCheck;
  const { check, every = CHECK_EVERY, failures = CHECK_FAILURES, timeout = every }: HealthCheck =
    given;
  if (typeof check !== "function") throw new TypeError("healthCheck is a function, or has one");
  if (checkDuration(every, "healthCheck.every") === 0) {
    throw new RangeError("healthCheck.every must exceed 0");
  }
  checkInteger(failures, "healthCheck.failures", 1, Number.MAX_SAFE_INTEGER);
  checkDuration(timeout, "healthCheck.timeout");
  return { check: check.bind(given), every, failures, timeout };
}
