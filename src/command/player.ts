import { ProcrefError } from "../../ffi/errors.ts";
import { type RecordedRun, type RunKey, textOfKey } from "./cassette.ts";
import { collect } from "./collect.ts";
import { keyOfRun, keyOfStart } from "./run_key.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import { outputOf } from "./script.ts";
import { ScriptedProcess } from "./scripted_process.ts";

/** Answers with the runs of a cassette; nothing is ever started. */
export class Player implements ProcessRunner {
  readonly #path: string;
  readonly #runs: readonly RecordedRun[];
  readonly #byKey: ReadonlyMap<string, RecordedRun[]>;

  constructor(path: string, runs: readonly RecordedRun[]) {
    this.#path = path;
    this.#runs = runs;
    this.#byKey = Map.groupBy(runs, textOfKey);
  }

  async output(request: CommandRequest): Promise<RunnerOutput> {
    request.capture.signal?.throwIfAborted();
    const keyed = await keyOfRun(request);
    const run = this.#next(keyed.key, request);
    const collected = await collect(played(run, keyed.request, 0), keyed.request);
    return { ...outputOf(collected, run), duration: run.duration };
  }

  async start(request: CommandRequest): Promise<StartedProcess> {
    request.capture.signal?.throwIfAborted();
    const run = this.#next(await keyOfStart(request), request);
    return played(run, request, run.interrupted ? Infinity : run.duration);
  }

  /** Runs of one key come in the order in which they were recorded; the last one comes again. */
  #next(key: RunKey, { commandLine }: CommandRequest): RecordedRun {
    const runs = this.#byKey.get(textOfKey(key)) ?? [];
    const run = runs.length > 1 ? runs.shift() : runs[0];
    if (run !== undefined) return run;
    const alike = this.#runs.some((one) => one.program === key.program && same(one.args, key.args));
    const what = alike
      ? "has it only with another working directory or standard input"
      : "has no such run";
    throw new ProcrefError(
      "cassette_miss",
      `${commandLine} is not recorded: ${this.#path} ${what}`,
    );
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

function played(run: RecordedRun, request: CommandRequest, duration: number): StartedProcess {
  const { stdout, stderr, code, signal } = run;
  return new ScriptedProcess({
    writes: [
      { delay: 0, stream: "stdout", bytes: stdout },
      { delay: 0, stream: "stderr", bytes: stderr },
    ],
    duration,
    status: { success: code === 0, code, signal },
    ignores: [],
  }, request);
}
