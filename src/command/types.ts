import type { Backoff } from "./backoff.ts";
import type { SpawnOptions } from "../child/options.ts";
import type { ExitStatus } from "../child/status.ts";
import type { ProcessGroup } from "../group/process_group.ts";
import type { SignalName } from "../process/signals.ts";
import type { ProcessRunner } from "./runner.ts";

/**
 * Where standard input comes from. A stream and an iterator are read once: a second run refuses them. A file is a
 * regular one or `/dev/null` (on Windows `NUL`): reading a pipe or a terminal in this way would stop every timer
 * (`not_a_file`).
 */
export type StdinOption =
  | "null"
  | "inherit"
  | "piped"
  | { readonly text: string }
  | { readonly bytes: Uint8Array }
  | { readonly file: string | URL }
  | { readonly lines: Iterable<string> | AsyncIterable<string> }
  | ReadableStream<Uint8Array>;

/**
 * Where standard output or error goes. With `append` a file keeps what it holds. A file is a regular one or
 * `/dev/null` (on Windows `NUL`); anything else is refused before the program is started (`not_a_file`), as is what
 * can't be written.
 */
export type OutputOption =
  | "piped"
  | "inherit"
  | "null"
  | { readonly file: string | URL; readonly append?: boolean };

/** How much output is kept. It is read to the end in any case. */
export interface BufferOptions {
  /** Lines kept of each stream. Default: all. */
  readonly maxLines?: number;
  /** Bytes kept of each stream, and characters of a line for those who read lines. Default: all. */
  readonly maxBytes?: number;
  /**
   * What happens to more: the first or the last of it is not kept, or the run fails with code `overflow`.
   *
   * @default {"drop-oldest"}
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "error";
}

/** When a failed run is tried again. */
export interface RetryOptions extends Backoff {
  /** Runs in all, the first included; at least 1. The first pause is 100 ms unless `backoff` says otherwise. */
  readonly attempts: number;
  /**
   * Whether this failure is worth another try. Default: any, but for a program that is missing or may not be run.
   * Cancellation, bad arguments and what this system can't do are never tried again.
   */
  readonly when?: (error: unknown) => boolean;
}

/** What a line handler is. The stream waits for the promise; if it throws, the run ends with that error. */
export type LineHandler = (line: string) => void | Promise<void>;

/** Something that happened to a run. */
export type RunEvent =
  | { readonly type: "started"; readonly commandLine: string; readonly pid: number }
  | { readonly type: "timed-out"; readonly commandLine: string; readonly pid: number }
  | {
    readonly type: "ended";
    readonly commandLine: string;
    readonly pid: number;
    readonly status: ExitStatus;
    /** Milliseconds from the start. */
    readonly duration: number;
  }
  | {
    readonly type: "retry";
    readonly commandLine: string;
    /** Which attempt has failed, counted from 1. */
    readonly attempt: number;
    readonly error: unknown;
    /** Milliseconds until the next one. */
    readonly pause: number;
  };

/** How a command runs. */
export interface CommandOptions extends Omit<SpawnOptions, "stdin" | "stdout" | "stderr"> {
  /** Variables taken over from this process's environment, and no others; `env` comes on top. On Windows in either case. */
  readonly inheritEnv?: readonly string[];
  /** Variables taken out of the environment. */
  readonly unsetEnv?: readonly string[];
  /**
   * Standard input.
   *
   * @default {"null"}
   */
  readonly stdin?: StdinOption;
  /**
   * Standard output.
   *
   * @default {"piped"}
   */
  readonly stdout?: OutputOption;
  /**
   * Standard error. `"stdout"` joins it to standard output, in the order in which the program writes, as `2>&1` does:
   * both are then one stream, with its encoding, handlers and limits. It is done by `/bin/sh`, but on Windows: in Deno
   * that takes `--allow-run=/bin/sh`. It excludes `argv0`.
   *
   * @default {"piped"}
   */
  readonly stderr?: OutputOption | "stdout";
  /**
   * Gets a copy of all bytes of standard output; it is not closed. A slow one slows the program down. One stream may
   * get the copies of several: of both outputs, of commands that run at the same time.
   */
  readonly teeStdout?: WritableStream<Uint8Array>;
  /** The same for standard error. */
  readonly teeStderr?: WritableStream<Uint8Array>;
  /** Gets each line of standard output, without its end, as it comes. */
  readonly onStdoutLine?: LineHandler;
  /** The same for standard error. */
  readonly onStderrLine?: LineHandler;
  /** How much output is kept. */
  readonly buffer?: BufferOptions;
  /**
   * The encoding of both output streams: a label of the WHATWG Encoding Standard.
   *
   * @default {"utf-8"}
   */
  readonly encoding?: string;
  /** The encoding of standard output alone. */
  readonly stdoutEncoding?: string;
  /** The encoding of standard error alone. */
  readonly stderrEncoding?: string;
  /**
   * Output that is invalid in its encoding is an error (code `encoding`), not replaced by U+FFFD.
   *
   * @default {false}
   */
  readonly fatal?: boolean;
  /** Milliseconds until the run is ended, with all it has started. Default: none. */
  readonly timeout?: number;
  /**
   * The signal that a timeout or a cancellation sends first, if there is a grace. On Windows, whatever it is but
   * SIGKILL, those that have called `onStopRequest()` of `./process` are asked; the others end with them, by this signal.
   *
   * @default {"SIGTERM"}
   */
  readonly timeoutSignal?: SignalName;
  /** Milliseconds from that signal to SIGKILL; 0 kills at once. Default: 0, with a `timeoutSignal` 2000. */
  readonly timeoutGrace?: number;
  /** Milliseconds without any output until the run is ended as by a timeout. Default: none. */
  readonly inactivityTimeout?: number;
  /** Cancels the run: it is ended and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Exit codes that count as success.
   *
   * @default {[0]}
   */
  readonly okCodes?: readonly number[];
  /** Tries a failed run again. Default: no. */
  readonly retry?: RetryOptions;
  /** Is told what happens to each run, for logs; what it throws is ignored. Arguments are in it, the environment is not. */
  readonly onEvent?: (event: RunEvent) => void;
  /** The group to run in; what the program starts then lives as long as the group. Default: a private one for each run. */
  readonly group?: ProcessGroup;
  /** Who runs it. Default: the system. */
  readonly runner?: ProcessRunner;
  /**
   * In a pipeline, a failure of this stage does not count.
   *
   * @default {false}
   */
  readonly uncheckedInPipe?: boolean;
}

/** What one verb may be given. */
export interface RunOptions {
  /** Cancels this run, as does the command's own `signal`. */
  readonly signal?: AbortSignal;
}

/** What a run came to. */
export interface CommandOutput<T> {
  /** What is kept of standard output; empty unless it was piped. */
  readonly stdout: T;
  /** The same of standard error. */
  readonly stderr: T;
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null if it exited. */
  readonly signal: SignalName | null;
  /** The code is one of `okCodes`, and the time was not over. */
  readonly success: boolean;
  /** It was ended by `timeout` or `inactivityTimeout`. */
  readonly timedOut: boolean;
  /** Something was not kept, because there was more than `buffer` allows. */
  readonly truncated: boolean;
  /** Milliseconds from the start to the program's end. */
  readonly duration: number;
  /** The output as plain data, for logs; bytes as text. */
  toJSON(): CommandReport;
}

/** An output as plain data. */
export type CommandReport = Omit<CommandOutput<string>, "toJSON">;

/** What a run used. */
export interface RunProfile {
  /** How it ended. */
  readonly status: ExitStatus;
  /** Milliseconds from the start to the end. */
  readonly duration: number;
  /** CPU time in milliseconds. */
  readonly cpuTime: number;
  /** The most resident memory of the program, in bytes. */
  readonly peakMemory: number;
  /** How often it was looked at. */
  readonly samples: number;
  /** CPU time by duration: 1 is one core all the time. */
  readonly averageCpu: number;
}
