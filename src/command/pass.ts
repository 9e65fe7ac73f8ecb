// One pass of a pipeline: all stages are started, in one tree where the system runs them; then each one's output
// flows into the next one's input. The first that is ended by a timeout, a cancellation or an error takes the others
// along, each with its own grace.

import { joined } from "./buffer.ts";
import { systemStart } from "./later.ts";
import type { Stage } from "./pipeline.ts";
import { requestOf } from "./request.ts";
import { CommandResult, textResult } from "./result.ts";
import { Run } from "./run.ts";
import type { CommandRequest, ProcessRunner, StartedProcess } from "./runner.ts";
import { SystemRunner } from "./system_runner.ts";
import type { CommandOutput } from "./types.ts";

/** What one stage came to. */
interface StageResult {
  readonly request: CommandRequest;
  readonly output: CommandResult<Uint8Array>;
  readonly unchecked: boolean;
}

/** What one pass came to. */
export class Pass {
  /** The stage whose end is the pipeline's: the first that ran out of time, the last that failed, or the last. */
  readonly decisive: StageResult;
  readonly #results: readonly StageResult[];
  readonly #last: StageResult;
  readonly #duration: number;

  private constructor(results: readonly StageResult[], last: StageResult, duration: number) {
    this.#results = results;
    this.#last = last;
    this.#duration = duration;
    this.decisive = results.find(({ output }) => output.timedOut) ??
      results.findLast(({ output, unchecked }) => !output.success && !unchecked) ?? last;
  }

  /** Runs all stages. */
  static async run(
    stages: readonly Stage[],
    signal: AbortSignal | undefined,
    timeout: number,
  ): Promise<Pass> {
    const start = performance.now();
    const requests = stages.map((stage, index) => requestFor(stage, index, signal, timeout));
    const processes = await startAll(stages, requests);
    const runs = requests.map((request, index) => runOf(request, processes, index));
    for (const { watch } of runs) {
      void watch.interrupted.then(() => runs.forEach((run) => run.watch.end(watch.failed)));
    }
    const outputs = await all(runs.map((run) => run.output()));
    const results = outputs.map((output, index): StageResult => ({
      request: at(requests, index),
      output,
      unchecked: at(stages, index).options.uncheckedInPipe ?? false,
    }));
    return new Pass(results, at(results, results.length - 1), performance.now() - start);
  }

  /** The output as text. @throws {CommandError} `encoding`. */
  text(): CommandOutput<string> {
    const texts = this.#results.map(({ output, request }) => textResult(output, request));
    const stderr = texts.map((text) => text.stderr).join("");
    return this.#result(texts.at(-1)?.stdout ?? "", stderr);
  }

  /** The output as bytes. */
  bytes(): CommandOutput<Uint8Array> {
    const stderr = joined(this.#results.map(({ output }) => output.stderr));
    return this.#result(this.#last.output.stdout, stderr);
  }

  #result<T extends Uint8Array | string>(stdout: T, stderr: T): CommandResult<T> {
    const { code, signal, timedOut, success } = this.decisive.output;
    return new CommandResult({
      stdout,
      stderr,
      code,
      signal,
      success: success || (this.decisive.unchecked && !timedOut),
      timedOut,
      truncated: this.#results.some(({ output }) => output.truncated),
      duration: this.#duration,
    });
  }
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`No stage ${index}`);
  return item;
}

/** All results, when all are there; or the first error. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

function requestFor(
  { program, options }: Stage,
  index: number,
  signal: AbortSignal | undefined,
  timeout: number,
): CommandRequest {
  const signals = [options.signal, signal].filter((one) => one !== undefined);
  const combined = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  combined?.throwIfAborted();
  const limits = { timeout: Math.min(options.timeout ?? Infinity, timeout) };
  const stdin = index === 0 ? {} : { stdin: "piped" as const };
  return requestOf(program, { ...options, ...stdin, ...limits }, combined);
}

function runOf(
  request: CommandRequest,
  processes: readonly StartedProcess[],
  index: number,
): Run {
  const process = at(processes, index);
  // Nobody writes to the first one, unless it has an input.
  if (index === 0 && request.input === undefined) void process.stdin?.close().catch(() => {});
  return new Run(process, request, { next: processes[index + 1]?.stdin });
}

const SYSTEM = new SystemRunner();

/** Starts every stage, or none. */
async function startAll(
  stages: readonly Stage[],
  requests: readonly CommandRequest[],
): Promise<StartedProcess[]> {
  const shared = stages.every(({ options }) =>
    options.group === undefined && (options.runner ?? SYSTEM) instanceof SystemRunner
  );
  const together = shared ? await (await systemStart()).sharedTree() : undefined;
  const started: StartedProcess[] = [];
  try {
    for (const [index, request] of requests.entries()) {
      const runner: ProcessRunner = at(stages, index).options.runner ?? SYSTEM;
      started.push(await (together?.(request) ?? runner.start(request)));
    }
    return started;
  } catch (error) {
    await Promise.all(started.map(abandon));
    throw error;
  }
}

async function abandon(process: StartedProcess): Promise<void> {
  await process.close();
  await process.stdin?.abort().catch(() => {});
  await process.stdout?.cancel().catch(() => {});
  await process.stderr?.cancel().catch(() => {});
}
