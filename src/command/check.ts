import { checkInteger, checkText } from "../check.ts";
import { checkLaunch } from "../child/options.ts";
import { signalNumber } from "../process/signals.ts";
import { checkDuration } from "../wait.ts";
import type { BufferOptions, CommandOptions, OutputOption, RetryOptions } from "./types.ts";

const MODES: readonly unknown[] = ["piped", "inherit", "null"];
const OVERFLOWS: readonly unknown[] = ["drop-oldest", "drop-newest", "error"];
const LARGEST_CODE = 2 ** 32 - 1; // Windows; elsewhere 255

/**
 * Checks everything that can be checked without the system.
 *
 * @throws {TypeError} A wrong type, NUL in a text, no such signal or encoding.
 * @throws {RangeError} A number out of range.
 */
export function checkCommandOptions(options: CommandOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("The options of a command are an object");
  }
  const { stdin, stdout, stderr, inheritEnv, unsetEnv, okCodes } = options;
  checkLaunch(options);
  if (inheritEnv !== undefined) checkNames(inheritEnv);
  if (unsetEnv !== undefined) checkNames(unsetEnv);
  checkStdin(stdin);
  checkOutput(stdout, "stdout");
  if (stderr !== "stdout") checkOutput(stderr, "stderr");
  else if (options.argv0 !== undefined) {
    throw new TypeError('stderr: "stdout" and argv0 exclude each other');
  }
  checkHandlers(options);
  if (options.buffer !== undefined) checkBuffer(options.buffer);
  checkEncoding(options.encoding);
  checkEncoding(options.stdoutEncoding);
  checkEncoding(options.stderrEncoding);
  checkTimes(options);
  if (okCodes !== undefined) {
    for (const code of okCodes) checkInteger(code, "An exit code", 0, LARGEST_CODE);
  }
  if (options.retry !== undefined) checkRetry(options.retry);
}

function checkNames(names: readonly string[]): void {
  for (const name of names) checkText(name, "A variable's name");
}

function checkStdin(stdin: CommandOptions["stdin"]): void {
  if (stdin === undefined || MODES.includes(stdin)) return;
  const known = typeof stdin === "object" && stdin !== null &&
    (stdin instanceof ReadableStream || ("text" in stdin && typeof stdin.text === "string") ||
      ("bytes" in stdin && stdin.bytes instanceof Uint8Array) || "file" in stdin ||
      ("lines" in stdin && typeof stdin.lines === "object" && stdin.lines !== null));
  if (!known) {
    throw new TypeError("stdin is a mode, { text }, { bytes }, { file }, { lines } or a stream");
  }
}

function checkOutput(output: OutputOption | undefined, name: string): void {
  if (output === undefined || MODES.includes(output)) return;
  if (typeof output === "object" && output !== null && "file" in output) return;
  throw new TypeError(`${name} is "piped", "inherit", "null" or { file }`);
}

function checkHandlers(options: CommandOptions): void {
  for (const name of ["onStdoutLine", "onStderrLine", "onEvent"] as const) {
    if (options[name] === undefined || typeof options[name] === "function") continue;
    throw new TypeError(`${name} is a function`);
  }
  for (const name of ["teeStdout", "teeStderr"] as const) {
    if (options[name] === undefined || options[name] instanceof WritableStream) continue;
    throw new TypeError(`${name} is a WritableStream`);
  }
}

function checkBuffer({ maxLines, maxBytes, overflow }: BufferOptions): void {
  for (const [name, value] of Object.entries({ maxLines, maxBytes })) {
    if (value !== undefined && value !== Infinity) {
      checkInteger(value, `buffer.${name}`, 0, Number.MAX_SAFE_INTEGER);
    }
  }
  if (overflow !== undefined && !OVERFLOWS.includes(overflow)) {
    throw new TypeError(`buffer.overflow is one of ${OVERFLOWS.join(", ")}: ${String(overflow)}`);
  }
}

function checkEncoding(label: string | undefined): void {
  if (label === undefined) return;
  try {
    new TextDecoder(label);
  } catch {
    throw new TypeError(`No encoding of the WHATWG Encoding Standard: ${JSON.stringify(label)}`);
  }
}

function checkTimes(options: CommandOptions): void {
  for (const name of ["timeout", "timeoutGrace", "inactivityTimeout"] as const) {
    const value = options[name];
    if (value !== undefined) checkDuration(value, name);
  }
  const { timeoutSignal } = options;
  if (timeoutSignal !== undefined && signalNumber(timeoutSignal) === undefined) {
    throw new TypeError(`No signal of this platform: ${String(timeoutSignal)}`);
  }
}

function checkRetry({ attempts, backoff, factor, maxBackoff, when }: RetryOptions): void {
  checkInteger(attempts, "retry.attempts", 1, Number.MAX_SAFE_INTEGER);
  if (backoff !== undefined) checkDuration(backoff, "retry.backoff");
  if (maxBackoff !== undefined) checkDuration(maxBackoff, "retry.maxBackoff");
  if (factor !== undefined && !(typeof factor === "number" && factor >= 1)) {
    throw new RangeError(`retry.factor is 1 or more: ${factor}`);
  }
  if (when !== undefined && typeof when !== "function") {
    throw new TypeError("retry.when is a function");
  }
}
