import { type ErrnoName, isErrno } from "../../ffi/errno.ts";
import { type ErrorCode, ProcrefError, SystemError, TimeoutError } from "../../ffi/errors.ts";
import type { SignalName } from "../process/signals.ts";
import { decodeLast } from "./decode.ts";
import type { Capture, RunnerOutput } from "./runner.ts";

const TAIL = 4096; // bytes of each stream that an error carries

/** What is known of a run that failed. */
export interface FailureDetails {
  /** The program as it was given. */
  readonly program: string;
  /** The command as a shell would take it. */
  readonly commandLine: string;
  /** The exit code; null if a signal ended it, or nothing was started. */
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly signal: SignalName | null;
  /** The end of standard output, at most 4 KiB. */
  readonly stdout: string;
  /** The end of standard error, at most 4 KiB. */
  readonly stderr: string;
  /** It was ended by a timeout. */
  readonly timedOut: boolean;
  /** Milliseconds from the start to the end. */
  readonly duration: number;
}

/** A failed run as plain data, for logs. */
export interface FailureReport extends FailureDetails {
  /** The error's class. */
  readonly name: string;
  /** The condition. */
  readonly code: ErrorCode;
  /** What happened. */
  readonly message: string;
}

/**
 * A command did not do what was asked: `` `git` exited with code 2 ``.
 *
 * @example
 * ```ts
 * import { Command, CommandError } from "@procref/procref/command";
 *
 * try {
 *   await new Command("sh", { args: ["-c", "echo 'no such branch' >&2; exit 2"] }).run();
 * } catch (error) {
 *   if (!(error instanceof CommandError)) throw error;
 *   console.log(error.exitCode, error.stderr); // 2 "no such branch\n"
 * }
 * ```
 */
export class CommandError extends ProcrefError implements FailureDetails {
  /** The class name, for `error.name` checks across realms. */
  override name = "CommandError";
  /** The program as it was given. */
  readonly program: string;
  /** The command as a shell would take it. */
  readonly commandLine: string;
  /** The exit code; null if a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly signal: SignalName | null;
  /** The end of standard output, at most 4 KiB. */
  readonly stdout: string;
  /** The end of standard error, at most 4 KiB. */
  readonly stderr: string;
  /** It was ended by a timeout. */
  readonly timedOut: boolean;
  /** Milliseconds from the start to the end. */
  readonly duration: number;

  /**
   * Makes the error; callers only catch it.
   *
   * @param code `command_failed`, or a narrower condition.
   * @param message What happened.
   * @param details What is known of the run.
   * @param options The cause, where another error led here.
   */
  constructor(code: ErrorCode, message: string, details: FailureDetails, options?: ErrorOptions) {
    super(code, message, options);
    this.program = details.program;
    this.commandLine = details.commandLine;
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.stdout = details.stdout;
    this.stderr = details.stderr;
    this.timedOut = details.timedOut;
    this.duration = details.duration;
  }

  /** A command's timeout is both a `TimeoutError` and a `CommandError`; by inheritance it can be only one. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    return this === CommandError && value instanceof CommandTimeoutError;
  }

  /** The error as plain data, for logs. */
  override toJSON(): FailureReport {
    return report(this);
  }
}

/**
 * A command was not over in time. It counts as a `CommandError` as well.
 *
 * @example
 * ```ts
 * import { Command, CommandTimeoutError } from "@procref/procref/command";
 *
 * try {
 *   await new Command("sleep", { args: ["60"], timeout: 50 }).run();
 * } catch (error) {
 *   if (!(error instanceof CommandTimeoutError)) throw error;
 *   console.log(error.timedOut, error.code); // true "timeout"
 * }
 * ```
 */
export class CommandTimeoutError extends TimeoutError implements FailureDetails {
  /** The program as it was given. */
  readonly program: string;
  /** The command as a shell would take it. */
  readonly commandLine: string;
  /** The exit code; null if a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it. */
  readonly signal: SignalName | null;
  /** The end of standard output, at most 4 KiB. */
  readonly stdout: string;
  /** The end of standard error, at most 4 KiB. */
  readonly stderr: string;
  /** Always true. */
  readonly timedOut: boolean;
  /** Milliseconds from the start to the end. */
  readonly duration: number;

  /**
   * Makes the error; callers only catch it.
   *
   * @param message Which command, and after what time.
   * @param details What is known of the run.
   */
  constructor(message: string, details: FailureDetails) {
    super(message);
    this.program = details.program;
    this.commandLine = details.commandLine;
    this.exitCode = details.exitCode;
    this.signal = details.signal;
    this.stdout = details.stdout;
    this.stderr = details.stderr;
    this.timedOut = details.timedOut;
    this.duration = details.duration;
  }

  /** The error as plain data, for logs. */
  override toJSON(): FailureReport {
    return report(this);
  }
}

/**
 * A program was not ready in time: a `TimeoutError` with code `not_ready`.
 *
 * @example
 * ```ts
 * import { Command, NotReadyError } from "@procref/procref/command";
 *
 * await using server = await new Command("sleep", { args: ["60"] }).start();
 * try {
 *   await server.waitForLine("listening", { timeout: 50 });
 * } catch (error) {
 *   if (!(error instanceof NotReadyError)) throw error;
 *   console.log(error.code); // "not_ready"
 * }
 * ```
 */
export class NotReadyError extends TimeoutError {
  /**
   * Makes the error; callers only catch it.
   *
   * @param message What was waited for, and how long.
   */
  constructor(message: string) {
    super(message, "not_ready");
  }
}

/** Which command it was, and how its output is to be read where that is not text yet. */
interface FailedCommand {
  readonly program: string;
  readonly commandLine: string;
  readonly capture?: Pick<Capture, "stdout" | "stderr">;
}

/** The error that an output that is no success amounts to. */
export function failureOf(
  command: FailedCommand,
  output: RunnerOutput,
  limits: { readonly timeout: number; readonly inactivityTimeout: number },
): CommandError | CommandTimeoutError {
  const details = detailsOf(command, output);
  const { program } = command;
  if (output.timedOut) {
    const { timeout, inactivityTimeout } = limits;
    const idle = output.duration < timeout && Number.isFinite(inactivityTimeout);
    const what = idle
      ? `wrote nothing for ${inactivityTimeout} ms`
      : `ran longer than ${timeout} ms`;
    return new CommandTimeoutError(`\`${program}\` ${what}`, details);
  }
  const how = output.signal === null
    ? `exited with code ${output.code}`
    : `was ended by ${output.signal}`;
  return new CommandError("command_failed", `\`${program}\` ${how}`, details);
}

/** What an error tells about a run. */
export function detailsOf(command: FailedCommand, output: RunnerOutput): FailureDetails {
  const { stdout, stderr } = command.capture ?? {};
  return {
    program: command.program,
    commandLine: command.commandLine,
    exitCode: output.code,
    signal: output.signal,
    stdout: tail(output.stdout, stdout?.encoding),
    stderr: tail(output.stderr, stderr?.encoding),
    timedOut: output.timedOut,
    duration: output.duration,
  };
}

/** The last 4 KiB. */
function tail(output: Uint8Array | string, encoding = "utf-8"): string {
  if (typeof output !== "string") return decodeLast(output, encoding, TAIL);
  return decodeLast(new TextEncoder().encode(output.slice(-TAIL)), "utf-8", TAIL);
}

function report(error: FailureDetails & ProcrefError): FailureReport {
  const { name, code, message, program, commandLine, exitCode, signal } = error;
  const { stdout, stderr, timedOut, duration } = error;
  return {
    name,
    code,
    message,
    program,
    commandLine,
    exitCode,
    signal,
    stdout,
    stderr,
    timedOut,
    duration,
  };
}

/**
 * True if something is missing: the program, its interpreter, the working directory, a file.
 *
 * @example
 * ```ts
 * import { Command, isNotFound } from "@procref/procref/command";
 *
 * const error = await new Command("no-such-program").run().catch((error) => error);
 * console.log(isNotFound(error)); // true
 * ```
 */
export function isNotFound(error: unknown): boolean {
  return hasCode(error, "not_found") || hasErrno(error, "ENOENT");
}

/**
 * True if a right is missing: of the system or of the runtime.
 *
 * @example
 * ```ts
 * import { Command, isPermissionDenied } from "@procref/procref/command";
 *
 * const error = await new Command("/etc").run().catch((error) => error); // a directory
 * console.log(isPermissionDenied(error)); // true
 * ```
 */
export function isPermissionDenied(error: unknown): boolean {
  return hasCode(error, "permission_denied") || hasErrno(error, "EACCES", "EPERM");
}

/**
 * True if the same may work a moment later: a timeout, a lock that is held, a system short of something.
 *
 * @example
 * ```ts
 * import { Command, isTransient } from "@procref/procref/command";
 *
 * const slow = new Command("sleep", { args: ["60"], timeout: 50 });
 * const missing = new Command("no-such-program");
 * for (const command of [slow, missing]) {
 *   console.log(isTransient(await command.run().catch((error) => error))); // true, then false
 * }
 * ```
 */
export function isTransient(error: unknown): boolean {
  return hasCode(error, "timeout", "not_ready", "locked") || hasErrno(error, ...PASSING);
}

const PASSING = ["EAGAIN", "EBUSY", "EINTR", "EMFILE", "ENFILE", "ENOMEM"] as const;

function hasCode(error: unknown, ...codes: ErrorCode[]): boolean {
  return error instanceof ProcrefError && codes.includes(error.code);
}

function hasErrno(error: unknown, ...names: ErrnoName[]): boolean {
  return error instanceof SystemError && names.some((name) => isErrno(error.errno, name));
}
