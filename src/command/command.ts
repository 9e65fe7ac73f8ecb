import { checkCommandOptions } from "./check.ts";
import { pathOf } from "./path.ts";
import { shellQuoted } from "./quote.ts";
import { requestOf } from "./request.ts";
import type { ProcessRunner, RunnerOutput } from "./runner.ts";
import { RunningProcess } from "./running.ts";
import { SystemRunner } from "./system_runner.ts";
import type { CommandOptions, CommandOutput, RunOptions } from "./types.ts";

/** A program with its arguments and how it runs: immutable, and run as often as you like. */
export class Command {
  /** The program, as a name or path. */
  readonly program: string;
  /** How it runs. */
  readonly options: Readonly<CommandOptions>;
  readonly #runner: ProcessRunner;

  /**
   * Describes a command; nothing is started or looked up.
   *
   * @throws {TypeError | RangeError} Bad options.
   */
  constructor(program: string | URL, options: CommandOptions = {}) {
    this.program = pathOf(program, "The program");
    checkCommandOptions(options);
    this.options = options;
    this.#runner = options.runner ?? new SystemRunner();
  }

  /** The command as a shell would take it. */
  get commandLine(): string {
    return shellQuoted([this.program, ...this.options.args ?? []]);
  }

  /** Runs it and gives its output as text. A failure and a timeout are data. */
  async output(options: RunOptions = {}): Promise<CommandOutput<string>> {
    const output = await this.#output(options);
    const text = (value: string | Uint8Array) =>
      typeof value === "string" ? value : new TextDecoder().decode(value);
    return { ...output, stdout: text(output.stdout), stderr: text(output.stderr) };
  }

  /** Starts it. */
  async start({ signal }: RunOptions = {}): Promise<RunningProcess> {
    const request = requestOf(this.program, this.options, signal);
    return new RunningProcess(await this.#runner.start(request), request);
  }

  async #output({ signal }: RunOptions): Promise<RunnerOutput> {
    const request = requestOf(this.program, this.options, signal);
    return await this.#runner.output(request);
  }
}
