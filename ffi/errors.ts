/**
 * The errors of every area.
 *
 * @module
 */

import { errnoDigits, errnoName, errnoText } from "./errno.ts";

/** One stable lower-case word per condition: what a program may branch on. */
export type ErrorCode =
  | "aborted"
  | "already_done"
  | "cassette_miss"
  | "closed"
  | "command_failed"
  | "corrupt"
  | "deadlock"
  | "encoding"
  | "exists"
  | "in_use"
  | "invalid_config"
  | "invalid_record"
  | "locked"
  | "mismatch"
  | "not_a_daemon"
  | "not_a_file"
  | "not_found"
  | "not_held"
  | "not_ready"
  | "overflow"
  | "permission_denied"
  | "resource_limit"
  | "start_failed"
  | "system"
  | "timeout"
  | "unsafe_directory"
  | "unsupported";

/**
 * The base of all errors that procref throws for conditions a caller may want to handle.
 *
 * @example
 * ```ts
 * import { commandService, ProcrefError } from "@procref/procref/service";
 *
 * try {
 *   await commandService("docs-error", { command: ["no-such-program"] }).acquire();
 * } catch (error) {
 *   if (!(error instanceof ProcrefError)) throw error;
 *   console.log(error.code); // "not_found"
 * }
 * ```
 */
export class ProcrefError extends Error {
  /** The class name, for `error.name` checks across realms. */
  override name = "ProcrefError";
  /** The condition, stable across releases. */
  readonly code: ErrorCode;

  /**
   * Makes the error; callers only catch it.
   *
   * @param code The condition.
   * @param message What happened, with the value it happened to.
   * @param options The cause, where another error led here.
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The error as plain data, for logs. */
  toJSON(): { name: string; code: ErrorCode; message: string } {
    return { name: this.name, code: this.code, message: this.message };
  }
}

/**
 * A system call failed. The message carries the call, the errno's name and number, and what it was for:
 * `semget: EACCES (13): permission denied for service "db"`.
 *
 * @example
 * ```ts
 * import { sendSignal, SystemError } from "@procref/procref/process";
 *
 * try {
 *   sendSignal(1, 0); // the first process: may this one signal it?
 * } catch (error) {
 *   if (!(error instanceof SystemError)) throw error;
 *   console.log(error.syscall, error.errno); // "pidfd_send_signal" 1
 * }
 * ```
 */
export class SystemError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "SystemError";
  /** The error number, as this platform counts it: errno(3), or on Windows an NTSTATUS or HRESULT, unsigned. */
  readonly errno: number;
  /** The system call or library function, for example `"semget"`. */
  readonly syscall: string;

  /**
   * Makes the error; callers only catch it.
   *
   * @param syscall The call that failed.
   * @param errno Its error number.
   * @param subject What it was for, for example `for service "db"`.
   */
  constructor(syscall: string, errno: number, subject = "") {
    const what = `${syscall}: ${errnoName(errno)} (${errnoDigits(errno)}): ${errnoText(errno)}`;
    super("system", subject === "" ? what : `${what} ${subject}`);
    this.errno = errno;
    this.syscall = syscall;
  }

  /** The error as plain data, for logs. */
  override toJSON(): {
    name: string;
    code: ErrorCode;
    message: string;
    errno: number;
    syscall: string;
  } {
    return { ...super.toJSON(), errno: this.errno, syscall: this.syscall };
  }
}

/**
 * This platform, or this build of the runtime, cannot do what was asked.
 *
 * @example
 * ```ts
 * import { ProcessGroup, UnsupportedError } from "@procref/procref/group";
 *
 * try {
 *   await using group = await ProcessGroup.create({ mechanism: "cgroup_v2" });
 *   console.log(group.mechanism); // "cgroup_v2"
 * } catch (error) {
 *   if (!(error instanceof UnsupportedError)) throw error;
 *   console.log(error.message); // what is missing here, and why
 * }
 * ```
 */
export class UnsupportedError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "UnsupportedError";

  /**
   * Makes the error; callers only catch it.
   *
   * @param operation What was asked for.
   * @param platform Where it is missing, and why.
   */
  constructor(operation: string, platform: string) {
    super("unsupported", `${operation} is not supported on ${platform}`);
  }
}

/**
 * The runtime's permissions, or the system's, do not allow what was asked.
 *
 * @example
 * ```ts
 * import { identify, PermissionError } from "@procref/procref/process";
 *
 * try {
 *   console.log(identify(Deno.pid)?.pid === Deno.pid); // true
 * } catch (error) {
 *   if (!(error instanceof PermissionError)) throw error;
 *   console.log(error.message); // names the flag: --allow-ffi
 * }
 * ```
 */
export class PermissionError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "PermissionError";

  /**
   * Makes the error; callers only catch it.
   *
   * @param message What was refused, and which flag or right would allow it.
   * @param options The runtime's own error as cause.
   */
  constructor(message: string, options?: ErrorOptions) {
    super("permission_denied", message, options);
  }
}

/**
 * A wait was not over in time. The message names what was waited for and, where known, who holds it.
 *
 * @example
 * ```ts
 * import { TimeoutError, waitForExit } from "@procref/procref/process";
 *
 * try {
 *   await waitForExit(Deno.pid, { timeout: 10 });
 * } catch (error) {
 *   if (!(error instanceof TimeoutError)) throw error;
 *   console.log(error.message); // names this process
 * }
 * ```
 */
export class TimeoutError extends ProcrefError {
  /** The class name, for `error.name` checks across realms. */
  override name = "TimeoutError";

  /**
   * Makes the error; callers only catch it.
   *
   * @param message What was waited for, how long, and who holds it.
   * @param code `"timeout"`, or a narrower condition.
   */
  constructor(message: string, code: ErrorCode = "timeout") {
    super(code, message);
  }
}
