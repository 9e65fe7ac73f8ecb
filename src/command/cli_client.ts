import { ProcrefError } from "../../ffi/errors.ts";
import { Command } from "./command.ts";
import type { CommandOptions, CommandOutput } from "./types.ts";

/** How a client runs its program: as `CommandOptions`, but for the arguments, which come with each call. */
export type CliClientOptions = Omit<CommandOptions, "args">;

/**
 * A program with what all its calls have in common: the base for a client of a command-line tool.
 *
 * @example
 * ```ts
 * import { CliClient, ScriptedRunner } from "@procref/procref/command";
 *
 * class Git {
 *   readonly #git: CliClient;
 *   constructor(options = {}) {
 *     this.#git = new CliClient("git", { timeout: 30_000, ...options });
 *   }
 *   branches(): Promise<string[]> {
 *     return this.#git.parse((text) => text.split("\n"), "branch", "--format=%(refname:short)");
 *   }
 * }
 *
 * const runner = new ScriptedRunner().on(["git", "branch"], { stdout: "main\ntopic\n" });
 * console.log(await new Git({ runner }).branches()); // ["main", "topic"]
 * ```
 */
export class CliClient {
  readonly #base: Command;

  /**
   * Describes the program; nothing is started or looked up.
   *
   * @param program A name, a path, or a file URL.
   * @param options What all calls have in common: runner, timeout, environment and the like.
   * @throws {TypeError | RangeError} Bad options.
   */
  constructor(program: string | URL, options: CliClientOptions = {}) {
    this.#base = new Command(program, options);
  }

  /** The command that a call with these arguments runs, for what there is no method for. */
  command(...args: string[]): Command {
    return new Command(this.#base.program, { ...this.#base.options, args });
  }

  /** Standard output, its end trimmed. @throws {CommandError} It was no success. */
  async text(...args: string[]): Promise<string> {
    return await this.command(...args).run();
  }

  /** All there is of the run; a failure and a timeout are data. */
  async capture(...args: string[]): Promise<CommandOutput<string>> {
    return await this.command(...args).output();
  }

  /** Only runs it. @throws {CommandError} It was no success. */
  async unit(...args: string[]): Promise<void> {
    await this.command(...args).run();
  }

  /** The exit code. @throws {CommandError} It did not exit by itself. */
  async code(...args: string[]): Promise<number> {
    return await this.command(...args).exitCode();
  }

  /** True for exit code 0, false for 1. @throws {CommandError} Anything else. */
  async probe(...args: string[]): Promise<boolean> {
    return await this.command(...args).probe();
  }

  /**
   * What a function makes of the output.
   *
   * @param fn Is given standard output, its end trimmed.
   * @throws {CommandError} It was no success.
   * @throws {ProcrefError} `corrupt`: the function threw; its error is the cause.
   */
  async parse<T>(fn: (text: string) => T | Promise<T>, ...args: string[]): Promise<T> {
    const text = await this.text(...args);
    try {
      return await fn(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new ProcrefError(
        "corrupt",
        `\`${this.#base.program}\` printed what can't be parsed: ${why}`,
        { cause },
      );
    }
  }

  /**
   * The same, but undefined where the function throws.
   *
   * @param fn Is given standard output, its end trimmed.
   * @throws {CommandError} It was no success.
   */
  async tryParse<T>(
    fn: (text: string) => T | Promise<T>,
    ...args: string[]
  ): Promise<T | undefined> {
    const text = await this.text(...args);
    try {
      return await fn(text);
    } catch {
      return undefined;
    }
  }
}
