import { checkDuration } from "../wait.ts";
import { failureOf } from "./errors.ts";
import type { Pass } from "./pass.ts";
import { shellQuoted } from "./quote.ts";
import type { CommandOptions, CommandOutput, RunOptions } from "./types.ts";

/** A command, as a stage of a pipeline. */
export interface Stage {
  /** The program. */
  readonly program: string;
  /** How it runs. */
  readonly options: Readonly<CommandOptions>;
}

/** How one pass of a pipeline runs. */
export interface PipelineOptions extends RunOptions {
  /** Milliseconds until all stages are ended. Default: what each stage says for itself. */
  readonly timeout?: number;
}

/**
 * Commands, each of which reads what the one before writes: immutable, and run as often as you like, unless its first
 * stage reads a source that can be read once.
 *
 * All stages are in one group. It fails as a shell's does with `pipefail`: the last stage that failed decides, stages
 * with `uncheckedInPipe` apart. A program that is not read to its end (`yes | head`) fails by SIGPIPE, as there; on
 * Windows by a code of its own. When one stage runs into its timeout, all are ended.
 *
 * @example
 * ```ts
 * import { Command } from "@procref/procref/command";
 *
 * const words = new Command("printf", { args: ["b\\na\\nb\\n"] });
 * const counted = words.pipe(new Command("sort")).pipe(new Command("uniq"));
 * console.log(await counted.run()); // "a\nb"
 * ```
 */
export class Pipeline {
  /** The stages, first to last. */
  readonly stages: readonly Stage[];

  /**
   * Made by `Command.pipe()`.
   *
   * @param stages At least one.
   * @throws {TypeError} A stage but the first has a `stdin`, or a stage but the last sends its `stdout` elsewhere.
   */
  constructor(stages: readonly Stage[]) {
    if (stages.length === 0) throw new TypeError("A pipeline has at least one stage");
    for (const { program, options } of stages.slice(1)) {
      if (options.stdin === undefined) continue;
      throw new TypeError(`Stage \`${program}\` reads what the stage before it writes: no stdin`);
    }
    for (const { program, options } of stages.slice(0, -1)) {
      if (options.stdout === undefined || options.stdout === "piped") continue;
      throw new TypeError(`Stage \`${program}\` writes to the next stage: its stdout is "piped"`);
    }
    this.stages = Object.freeze([...stages]);
  }

  /** The pipeline with another stage at its end. */
  pipe(next: Stage): Pipeline {
    return new Pipeline([...this.stages, next]);
  }

  /** The pipeline as a shell would take it. */
  get commandLine(): string {
    return this.stages.map(({ program, options }) => shellQuoted([program, ...options.args ?? []]))
      .join(" | ");
  }

  /**
   * Runs it: the last stage's standard output, and what all stages wrote to standard error, in their order. A failure
   * and a timeout are data.
   *
   * @throws As `Command.output()`.
   */
  async output(options: PipelineOptions = {}): Promise<CommandOutput<string>> {
    return (await this.#pass(options)).text();
  }

  /** The same as bytes. */
  async outputBytes(options: PipelineOptions = {}): Promise<CommandOutput<Uint8Array>> {
    return (await this.#pass(options)).bytes();
  }

  /**
   * Runs it, and it must succeed.
   *
   * @returns The last stage's standard output, without white space at the end.
   * @throws {CommandError} Of the stage that decided; and all that `output()` throws.
   */
  async run(options: PipelineOptions = {}): Promise<string> {
    const pass = await this.#pass(options);
    const { success, stdout, stderr } = pass.text();
    if (success) return stdout.trimEnd();
    const { request, output } = pass.decisive;
    const { commandLine } = this;
    throw failureOf({ ...request, commandLine }, { ...output, stdout, stderr }, request.capture);
  }

  async #pass({ signal, timeout = Infinity }: PipelineOptions): Promise<Pass> {
    checkDuration(timeout, "timeout");
    signal?.throwIfAborted();
    const { Pass } = await import("./pass.ts");
    return await Pass.run(this.stages, signal, timeout);
  }
}
