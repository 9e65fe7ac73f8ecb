import type { ExitStatus } from "../child/status.ts";
import type { CommandRequest, ProcessRunner, RunnerOutput, StartedProcess } from "./runner.ts";
import { SystemRunner } from "./system_runner.ts";

/** What was asked of a runner, and what came of it. */
export interface RecordedCall {
  /** What was asked. */
  readonly request: CommandRequest;
  /** The program. */
  readonly program: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The working directory; undefined: this process's. */
  readonly cwd: string | undefined;
  /** The variables that were set. */
  readonly env: Readonly<Record<string, string>>;
  /** The command as a shell would take it. */
  readonly commandLine: string;
  /** What `output()` came to, when it is over. */
  readonly output?: RunnerOutput;
  /** How a started process ended, when it has. */
  readonly status?: ExitStatus;
  /** What it threw. */
  readonly error?: unknown;
}

/**
 * Lets another runner run the commands, and remembers what was asked of it: for tests of what a program calls.
 *
 * @example
 * ```ts
 * import { Command, RecordingRunner, ScriptedRunner } from "@procref/procref/command";
 *
 * const runner = new RecordingRunner(new ScriptedRunner().otherwise({ stdout: "done\n" }));
 * await new Command("git", { args: ["push", "--force"], runner }).run();
 * console.log(runner.calls.map(({ commandLine }) => commandLine)); // ["git push --force"]
 * ```
 */
export class RecordingRunner implements ProcessRunner {
  readonly #inner: ProcessRunner;
  readonly #calls: RecordedCall[] = [];

  /**
   * Records what another runner is asked.
   *
   * @param inner Who runs the commands. Default: the system.
   */
  constructor(inner: ProcessRunner = new SystemRunner()) {
    this.#inner = inner;
  }

  /** All calls so far, in the order of their starts. */
  get calls(): readonly RecordedCall[] {
    return this.#calls;
  }

  /** Runs to the end. */
  async output(request: CommandRequest): Promise<RunnerOutput> {
    const index = this.#begin(request);
    const output = await this.#attempt(index, () => this.#inner.output(request));
    this.#know(index, { output });
    return output;
  }

  /** Starts it. */
  async start(request: CommandRequest): Promise<StartedProcess> {
    const index = this.#begin(request);
    const process = await this.#attempt(index, () => this.#inner.start(request));
    process.status.then((status) => this.#know(index, { status }), () => {});
    return process;
  }

  #begin(request: CommandRequest): number {
    const { program, args, cwd, env, commandLine } = request;
    return this.#calls.push({ request, program, args, cwd, env, commandLine }) - 1;
  }

  async #attempt<T>(index: number, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.#know(index, { error });
      throw error;
    }
  }

  #know(index: number, what: Pick<RecordedCall, "output" | "status" | "error">): void {
    const call = this.#calls[index];
    if (call !== undefined) this.#calls[index] = { ...call, ...what };
  }
}
