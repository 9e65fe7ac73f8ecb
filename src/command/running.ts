import type { ExitStatus } from "../child/mod.ts";
import type { SignalName } from "../process/signals.ts";
import { checkInteger, pathOf } from "../check.ts";
import { type LineMatch, matcherOf } from "../ready/line.ts";
import { once } from "../once.ts";
import { checkDuration, limit, unlessAborted, type WaitOptions } from "../wait.ts";
import { LineIterator } from "./line_iterator.ts";
import { drain, linesOfRun } from "./line_sources.ts";
import { lineBatches } from "./line_reader.ts";
import { textResult } from "./result.ts";
import { Run } from "./run.ts";
import type { CommandRequest, StartedProcess } from "./runner.ts";
import { splitterOf } from "./sinks.ts";
import { streamOf } from "./stream.ts";
import { merged, type OutputEvent } from "./tagged.ts";
import type { CommandOutput, RunProfile } from "./types.ts";

const conditions = once(() => import("./conditions.ts"));

/**
 * A command that runs. Leaving the scope ends it, with all it has started.
 *
 * Each output stream has one reader: `stdoutLines()`, `stdoutBytes()`, `events()`, or `output()` and `wait()`, which gather it. The
 * readiness checks only look on. What is piped and read by nobody makes the program stand still when the pipe is full.
 *
 * @example
 * ```ts
 * import { Command } from "@procref/procref/command";
 *
 * await using cat = await new Command("cat", { stdin: "piped" }).start();
 * await cat.writeLine("hello");
 * await cat.closeStdin();
 * for await (const line of cat.stdoutLines()) console.log(line); // "hello"
 * console.log((await cat.wait()).success); // true
 * ```
 */
export class RunningProcess implements AsyncDisposable {
  /** The process id. */
  readonly pid: number;
  /** As in `ProcessIdentity`. */
  readonly startTime: string;
  readonly #run: Run;

  /**
   * For runners and their like; others call `Command.start()`.
   *
   * @param process What the runner started.
   * @param request What for.
   */
  constructor(process: StartedProcess, request: CommandRequest) {
    this.pid = process.pid;
    this.startTime = process.startTime;
    this.#run = new Run(process, request, { recalls: true });
    const { stdout, stderr } = request.capture;
    const wants = ({ onLine, tee, file }: typeof stdout) => onLine ?? tee ?? file;
    // Handlers hear what comes although nobody asks for the output.
    if (wants(stdout) ?? wants(stderr)) void this.#run.gather();
  }

  /** Milliseconds since the start; after the end, the whole duration. */
  get elapsed(): number {
    return this.#run.duration ?? performance.now() - this.#run.watch.start;
  }

  /** CPU time in milliseconds, as last seen: of the whole private group where a cgroup counts it. */
  get cpuTime(): number {
    return this.#run.process.usage().cpuTime;
  }

  /** The most resident memory in bytes, as last seen. */
  get peakMemory(): number {
    return this.#run.process.usage().peakMemory;
  }

  /** Standard input, if it is `"piped"`. A program that has ended makes writing fail (EPIPE). */
  get stdin(): WritableStream<Uint8Array> | undefined {
    return this.#run.request.input === undefined ? this.#run.process.stdin : undefined;
  }

  /**
   * Writes to standard input, and waits until the pipe has taken it.
   *
   * @returns False if nobody reads it any more.
   * @throws {TypeError} It is not piped, or has a writer of its own.
   */
  async write(data: string | Uint8Array): Promise<boolean> {
    const writer = this.#stdin().getWriter();
    try {
      await writer.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
      return true;
    } catch {
      return false;
    } finally {
      writer.releaseLock();
    }
  }

  /** Writes a line to standard input, with its end. Otherwise as `write()`. */
  async writeLine(line: string): Promise<boolean> {
    return await this.write(`${line}\n`);
  }

  /** Ends standard input: the program reads end of file. Any number of times. */
  async closeStdin(): Promise<void> {
    await this.#stdin().close().catch(() => {});
  }

  #stdin(): WritableStream<Uint8Array> {
    const { stdin } = this;
    if (stdin === undefined) throw new TypeError('Standard input is written if it is "piped"');
    return stdin;
  }

  /**
   * The lines of standard output as they come; the program waits for a slow reader. Standard error is gathered. Who
   * leaves the loop lets the program go on: the rest is read and dropped.
   *
   * @throws {ProcrefError} `closed`: standard output is read already.
   * @throws While reading, the reason of a cancellation; `CommandError` with `encoding` or `overflow`.
   */
  stdoutLines(): AsyncIterable<string> {
    const { stdout } = this.#run;
    stdout.take("Standard output");
    void this.#run.gather();
    return new LineIterator(linesOfRun(this.#run));
  }

  /**
   * The bytes of standard output as they come; the program waits for a slow reader. Standard error is gathered.
   * Cancelling the stream closes the pipe.
   *
   * @throws {ProcrefError} `closed`: standard output is read already.
   */
  stdoutBytes(): ReadableStream<Uint8Array> {
    this.#run.stdout.take("Standard output");
    void this.#run.gather();
    return streamOf(this.#run);
  }

  /**
   * The lines of both streams, as they come; the program waits for a slow reader. Who leaves the loop lets the program
   * go on: the rest is read and dropped.
   *
   * @throws {ProcrefError} `closed`: one of them is read already.
   */
  events(): AsyncIterable<OutputEvent> {
    const { stdout, stderr, request } = this.#run;
    const { capture } = request;
    // The one that would refuse comes first, so that a refusal leaves the other as it was.
    if (stderr.taken) stderr.take("Standard error");
    stdout.take("Standard output");
    stderr.take("Standard error");
    return this.#events(merged({
      stdout: lineBatches(stdout, splitterOf(capture.stdout, capture)),
      stderr: lineBatches(stderr, splitterOf(capture.stderr, capture)),
    }));
  }

  async *#events(all: AsyncIterable<OutputEvent>): AsyncGenerator<OutputEvent> {
    try {
      yield* all;
    } catch (error) {
      throw this.#run.explain(error);
    } finally {
      void drain(this.#run.stdout);
      void drain(this.#run.stderr);
    }
    this.#run.check();
  }

  /**
   * Waits for the end of the program, and gathers the output that nobody else reads. Any number may wait.
   *
   * @param options Timeout and AbortSignal of this wait alone.
   * @throws The reason of the command's own signal, if that ended it.
   */
  async wait(options: WaitOptions = {}): Promise<ExitStatus> {
    void this.#run.gather();
    using patience = limit(options, () => `the end of \`${this.#run.request.program}\``);
    const status = await unlessAborted(this.#run.ended, patience.signal);
    this.#run.check();
    return status;
  }

  /** Waits for the end and gives what was gathered; a stream that was read otherwise is empty. Any number of times. */
  async output(): Promise<CommandOutput<string>> {
    return textResult(await this.#run.output(), this.#run.request);
  }

  /** The same as bytes. */
  async outputBytes(): Promise<CommandOutput<Uint8Array>> {
    return await this.#run.output();
  }

  /** Kills it, with all it has started; in a group of the user's, it alone. @returns False if it had ended. */
  kill(): boolean {
    const running = this.#run.process.signal("SIGKILL");
    this.#run.process.signalAll("SIGKILL");
    return running;
  }

  /** Sends a signal to the program alone; on Windows any signal ends it at once. @returns False if it had ended. */
  sendSignal(signal: SignalName): boolean {
    return this.#run.process.signal(signal);
  }

  /**
   * Waits for a line of either output stream.
   *
   * @param match A part of the line, a pattern, or a question.
   * @param options Timeout (default 30 s) and AbortSignal.
   * @returns The line.
   * @throws {NotReadyError} Not in time.
   * @throws {CommandError} `start_failed`: the program ended without it.
   */
  async waitForLine(match: LineMatch, options: WaitOptions = {}): Promise<string> {
    const matches = matcherOf(match);
    const { readyLine } = await import("./readiness.ts");
    return await readyLine(this.#run, matches, `no line matched ${String(match)}`, options);
  }

  /** Waits until something accepts connections on a TCP port of the loopback address. Otherwise as `waitForLine()`. */
  async waitForPort(port: number, options: WaitOptions = {}): Promise<void> {
    checkInteger(port, "A port", 1, 65535);
    await (await conditions()).readyPort(this.#run, port, options);
  }

  /** Waits until an address answers with success (2xx). In Deno this needs `--allow-net`. */
  async waitForHttp(url: string | URL, options: WaitOptions = {}): Promise<void> {
    await (await conditions()).readyHttp(this.#run, new URL(url), options);
  }

  /**
   * Waits until something accepts connections on a Unix domain socket; on Windows also on a named pipe
   * (`\\\\.\\pipe\\NAME`).
   *
   * @throws {RangeError} The path is too long.
   * @throws {UnsupportedError} A Windows without such sockets.
   */
  async waitForSocket(path: string | URL, options: WaitOptions = {}): Promise<void> {
    await (await conditions()).readySocket(this.#run, pathOf(path, "A socket"), options);
  }

  /** Waits until there is a file, or anything else, of that path. */
  async waitForPath(path: string | URL, options: WaitOptions = {}): Promise<void> {
    await (await conditions()).readyPath(this.#run, pathOf(path, "A path"), options);
  }

  /** Waits until a question is answered with true; one that throws is asked again. */
  async waitFor(
    check: () => boolean | Promise<boolean>,
    options: WaitOptions = {},
  ): Promise<void> {
    await (await conditions()).readyWhen(this.#run, check, options);
  }

  /**
   * Looks at what the run uses, until its end.
   *
   * @param every Milliseconds between two looks; the first comes at once.
   * @throws {RangeError} Not a positive number.
   */
  async profile(every: number): Promise<RunProfile> {
    if (checkDuration(every, "every") === 0) throw new RangeError("every is more than 0 ms");
    void this.#run.gather();
    const { profileOf } = await import("./profile.ts");
    return await profileOf(this.#run, every);
  }

  /** Kills what is left of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run.dispose();
  }
}
