import { checkInteger } from "../check.ts";
import type { SignalName } from "../process/signals.ts";
import { checkDuration } from "../wait.ts";
import type { CommandRequest } from "./runner.ts";
import type { CommandOutput } from "./types.ts";

/** How a pretended process ends and what it withstands. */
export interface ReplyEnding {
  /** Milliseconds that it runs; `Infinity`, as a server: until something ends it. Default: no longer than its lines take. */
  readonly duration?: number;
  /** Signals that it ignores, as a program with a handler would. SIGKILL ends it nevertheless. */
  readonly ignores?: readonly SignalName[];
}

/** What a run comes to: what is left out is an empty output and success. */
export interface OutputReply extends Partial<CommandOutput<string | Uint8Array>>, ReplyEnding {}

/** Lines that come one by one. */
export interface LinesReply extends ReplyEnding {
  /** The lines of standard output, without their ends. */
  readonly lines: Iterable<string> | AsyncIterable<string>;
  /**
   * Milliseconds before each line.
   *
   * @default {0}
   */
  readonly delay?: number;
  /** What is written to standard error, at the beginning. */
  readonly stderr?: string | Uint8Array;
  /**
   * The exit code after the last line.
   *
   * @default {0}
   */
  readonly code?: number;
}

/** What a scripted run answers; an `Error` is one that starting it throws. */
export type Answer = OutputReply | LinesReply | Error;

/** An answer, or a function that is asked for one at each run. */
export type Reply = Answer | ((request: CommandRequest) => Answer | Promise<Answer>);

/** Checks what can be checked of a reply. @throws {TypeError | RangeError} */
export function checkReply(reply: Reply): void {
  if (reply instanceof Error || typeof reply === "function") return;
  if (typeof reply !== "object" || reply === null) {
    throw new TypeError("A reply is an output, lines, an Error or a function");
  }
  if (reply.duration !== undefined) checkDuration(reply.duration, "duration");
  if (typeof reply.code === "number") checkInteger(reply.code, "code", 0, 2 ** 32 - 1);
  if ("delay" in reply && reply.delay !== undefined) checkDuration(reply.delay, "delay");
}
