import { pathOf } from "../check.ts";
import { type LineMatch, matcherOf } from "../ready/line.ts";
import { attempts } from "./attempts.ts";
import { checkCommandOptions } from "./check.ts";
import { failureOf } from "./errors.ts";
import { LineIterator } from "./line_iterator.ts";
import { type LineProcess, linesOfRun, linesOfStarted } from "./line_sources.ts";
import { Pipeline } from "./pipeline.ts";
import { shellQuoted } from "./quote.ts";
import { requestOf } from "./request.ts";
import { bytesResult, textResult } from "./result.ts";
import { Run } from "./run.ts";
import type { Capture, CommandRequest, ProcessRunner, RunnerOutput } from "./runner.ts";
import { RunningProcess } from "./running.ts";
import { shellArguments } from "./shell.ts";
import { isRepeatable } from "./stdin.ts";
import { SystemRunner } from "./system_runner.ts";
import { tell } from "./tell.ts";
import type { CommandOptions, CommandOutput, RunOptions } from "./types.ts";

/** Output that only an error would show: its end is enough. Line handlers get theirs whole. */
const FOR_ERRORS: Partial<Capture> = {
  maxBytes: 4096,
  maxLines: Infinity,
  overflow: "drop-oldest",
};

/**
 * A program with its arguments and how it runs: immutable, and run as often as you like.
 *
 * Each run has a private group: whatever way it ends, nothing that it started is left.
 *
 * @example
 * ```ts
 * import { Command } from "@procref/procref/command";
 *
 * const greeting = new Command("echo", { args: ["hello"] });
 * console.log(await greeting.run()); // "hello"
 * const { code, stderr } = await new Command("ls", { args: ["/nowhere"] }).output();
 * console.log(code !== 0, stderr !== ""); // true true
 * ```
 */
export class Command {
  /** The program: a name or a path. */
  readonly program: string;
  /** How it runs. */
  readonly options: Readonly<CommandOptions>;

  /**
   * Describes a command. Nothing is started or looked up.
   *
   * @param program A name that is looked up in the `PATH` of its environment, a path, or a file URL.
   * @param options Arguments, environment, streams, limits.
   * @throws {TypeError | RangeError} Bad options: NUL in a text, NaN or negative durations, no such encoding.
   */
  constructor(program: string | URL, options: CommandOptions = {}) {
    this.program = pathOf(program, "The program");
    checkCommandOptions(options);
    this.options = Object.freeze({ ...options });
  }

  /**
   * A line for the shell: `sh -c`, on Windows `cmd /d /s /c`.
   *
   * @param line Taken by the shell as it stands: never put together from what strangers wrote.
   * @param options As for the constructor; `args` become `$1`, `$2` and so on.
   * @throws {UnsupportedError} `args` on Windows, whose shell has nothing for them.
   */
  static shell(line: string, options: CommandOptions = {}): Command {
    const { program, args } = shellArguments(line, options.args ?? []);
    return new Command(program, { ...options, args });
  }

  /** The command with other options; variables in `env` are added to those it has. */
  with(options: CommandOptions): Command {
    const env = { ...this.options.env, ...options.env };
    return new Command(this.program, { ...this.options, ...options, env });
  }

  /** The command as a POSIX shell would take it, whatever the system. */
  get commandLine(): string {
    return shellQuoted([this.program, ...this.options.args ?? []]);
  }

  /** A pipeline from this command's standard output to the next one's standard input. */
  pipe(next: Command): Pipeline {
    return new Pipeline([this, next]);
  }

  /**
   * Runs it and gives its output as text. A failure and a timeout are data.
   *
   * @throws {ProcrefError} It could not be started: `not_found`, `permission_denied`.
   * @throws {CommandError} `overflow`, `encoding`.
   * @throws The reason of a signal that cancels it; what a line handler throws.
   */
  async output(options: RunOptions = {}): Promise<CommandOutput<string>> {
    const { output, request } = await this.#outcome(options, isNoSuccess);
    return textResult(output, request);
  }

  /** Runs it and gives its output as bytes; otherwise as `output()`. */
  async outputBytes(options: RunOptions = {}): Promise<CommandOutput<Uint8Array>> {
    return bytesResult((await this.#outcome(options, isNoSuccess)).output);
  }

  /**
   * Runs it, and it must succeed.
   *
   * @returns Its standard output, without white space at the end.
   * @throws {CommandError} It failed (`command_failed`) or took too long (`timeout`); and all that `output()` throws.
   */
  async run(options: RunOptions = {}): Promise<string> {
    const { output, request } = await this.#success(options, isNoSuccess);
    return textResult(output, request).stdout.trimEnd();
  }

  /** Runs it for its exit code. @throws {CommandError} A signal ended it, or it took too long. */
  async exitCode(options: RunOptions = {}): Promise<number> {
    const ended = ({ code, timedOut }: RunnerOutput) => code === null || timedOut;
    const { output } = await this.#success(options, ended, FOR_ERRORS);
    return output.code ?? -1;
  }

  /** Asks it: code 0 is true, 1 is false. @throws {CommandError} Any other code; a signal; it took too long. */
  async probe(options: RunOptions = {}): Promise<boolean> {
    const neither = ({ code, timedOut }: RunnerOutput) => timedOut || (code !== 0 && code !== 1);
    return (await this.#success(options, neither, FOR_ERRORS)).output.code === 0;
  }

  /**
   * Runs it until a line of standard output matches, and ends it then.
   *
   * @param match A part of the line, a pattern, or a question.
   * @returns The line; undefined if it ended without one, however it ended.
   * @throws {CommandError} It took too long.
   */
  async firstLine(match: LineMatch, options: RunOptions = {}): Promise<string | undefined> {
    const matches = matcherOf(match);
    await using process = await this.start(options);
    for await (const line of process.stdoutLines()) {
      if (matches(line)) return line;
    }
    const output = await process.output();
    if (output.timedOut) throw failureOf(this, output, limitsOf(this.options));
    return undefined;
  }

  /**
   * Runs it and gives the lines of standard output as they come. The program waits for a slow reader; leaving the
   * loop ends it.
   *
   * @throws {CommandError} After the last line: it failed, or took too long.
   */
  lines(options: RunOptions = {}): AsyncIterableIterator<string, undefined> {
    const start = async (): Promise<LineProcess> => {
      const request = this.#request(options);
      const run = new Run(await this.#runner.start(request), request);
      run.stdout.take("Standard output");
      void run.gather();
      const check = async () => {
        const output = await run.output();
        if (!output.success) throw failureOf(request, output, request.capture);
      };
      return { lines: linesOfRun(run), check, [Symbol.asyncDispose]: () => run.dispose() };
    };
    return new LineIterator(linesOfStarted(start));
  }

  /**
   * Starts it.
   *
   * @throws {ProcrefError} It could not be started: `not_found`, `permission_denied`.
   * @throws The reason of a signal that has fired already: nothing is started then.
   */
  async start(options: RunOptions = {}): Promise<RunningProcess> {
    const request = this.#request(options);
    return new RunningProcess(await this.#runner.start(request), request);
  }

  get #runner(): ProcessRunner {
    return this.options.runner ?? SYSTEM;
  }

  #signal({ signal }: RunOptions): AbortSignal | undefined {
    const own = this.options.signal;
    return own === undefined || signal === undefined
      ? own ?? signal
      : AbortSignal.any([own, signal]);
  }

  #request(options: RunOptions, change: Partial<Capture> = {}): CommandRequest {
    const signal = this.#signal(options);
    signal?.throwIfAborted();
    return requestOf(this.program, this.options, signal, change);
  }

  /** Runs it, again if it fails and is to be tried again. */
  async #outcome(options: RunOptions, isFailure: Judge, change = {}): Promise<Outcome> {
    const run = async () => {
      const request = this.#request(options, change);
      return { request, output: await this.#runner.output(request) };
    };
    const failure = ({ request, output }: Outcome) =>
      isFailure(output) ? failureOf(request, output, request.capture) : undefined;
    const { retry, stdin = "null" } = this.options;
    if (retry === undefined || !isRepeatable(stdin)) return await run();
    const { onEvent } = this.options;
    return await attempts(
      run,
      failure,
      retry,
      this.#signal(options),
      (attempt, error, pause) =>
        tell(onEvent, { type: "retry", commandLine: this.commandLine, attempt, error, pause }),
    );
  }

  async #success(options: RunOptions, isFailure: Judge, change = {}): Promise<Outcome> {
    const outcome = await this.#outcome(options, isFailure, change);
    const { request, output } = outcome;
    if (isFailure(output)) throw failureOf(request, output, request.capture);
    return outcome;
  }
}

type Judge = (output: RunnerOutput) => boolean;

interface Outcome {
  readonly request: CommandRequest;
  readonly output: RunnerOutput;
}

function limitsOf({ timeout = Infinity, inactivityTimeout = Infinity }: CommandOptions) {
  return { timeout, inactivityTimeout };
}

const isNoSuccess: Judge = ({ success }) => !success;
const SYSTEM = new SystemRunner();
