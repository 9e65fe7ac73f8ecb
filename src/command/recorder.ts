import { limit, unlessAborted, type WaitOptions } from "../wait.ts";
import type { RecordedRun, RunKey } from "./cassette.ts";
import { writeCassette } from "./cassette_file.ts";
import { collect } from "./collect.ts";
import { keyOfRun, keyOfStart } from "./run_key.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import { type Tape, TappedProcess } from "./tapped_process.ts";
import type { CommandOutput } from "./types.ts";

type Facts = Pick<CommandOutput<unknown>, "timedOut" | "truncated" | "duration">;

/** A place in the cassette, taken when a run starts. */
interface Slot {
  readonly commandLine: string;
  /** Undefined: it came to nothing that could be recorded. */
  readonly run: Promise<RecordedRun | undefined>;
  over: boolean;
  settle(run: RecordedRun | undefined): void;
}

/** Lets a runner run, and keeps what came of it for a cassette. */
export class Recorder implements ProcessRunner {
  readonly #path: string;
  readonly #inner: ProcessRunner;
  readonly #slots: Slot[] = [];

  constructor(path: string, inner: ProcessRunner) {
    this.#path = path;
    this.#inner = inner;
  }

  async output(request: CommandRequest): Promise<RunnerOutput> {
    return await this.#record(request, async (slot) => {
      const keyed = await keyOfRun(request);
      const process = new TappedProcess(await this.#inner.start(keyed.request));
      const output = await collect(process, keyed.request);
      slot.settle(runOf(keyed.key, request, await process.tape, output));
      return output;
    });
  }

  async start(request: CommandRequest): Promise<StartedProcess> {
    return await this.#record(request, async (slot) => {
      const key = await keyOfStart(request);
      const start = performance.now();
      const process = new TappedProcess(await this.#inner.start(request));
      process.tape.then((tape) => {
        const duration = performance.now() - start;
        const facts = { timedOut: false, truncated: false, duration };
        slot.settle(runOf(key, request, tape, facts));
      });
      return process;
    });
  }

  /** Writes what is recorded, when all runs are over. */
  async save(options: WaitOptions): Promise<void> {
    const running = () => this.#slots.filter(({ over }) => !over);
    using patience = limit(
      options,
      () => `the end of ${running().map(({ commandLine }) => commandLine).join("; ")}`,
    );
    const ends = Promise.all(this.#slots.map(({ run }) => run));
    const runs = await unlessAborted(ends, patience.signal);
    writeCassette(this.#path, runs.filter((run) => run !== undefined));
  }

  async #record<T>(request: CommandRequest, body: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = newSlot(request);
    this.#slots.push(slot);
    try {
      return await body(slot);
    } catch (error) {
      slot.settle(undefined);
      throw error;
    }
  }
}

function newSlot({ commandLine }: CommandRequest): Slot {
  const { promise, resolve } = Promise.withResolvers<RecordedRun | undefined>();
  return {
    commandLine,
    run: promise,
    over: false,
    settle(run) {
      this.over = true;
      resolve(run);
    },
  };
}

function runOf(key: RunKey, { env }: CommandRequest, tape: Tape, facts: Facts): RecordedRun {
  const { status, stdout, stderr, interrupted } = tape;
  const { timedOut, truncated, duration } = facts;
  return {
    ...key,
    environment: Object.keys(env).sort(),
    stdout,
    stderr,
    code: status.code,
    signal: status.signal,
    timedOut,
    truncated,
    interrupted,
    duration,
  };
}
