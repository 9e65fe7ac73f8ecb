// What a verb of the command is: data for its help, its completions and its arguments, and what it does.

/** One option of a verb. */
export interface Option {
  readonly name: string;
  /** What stands for its value in the help; a switch has none. */
  readonly value?: string;
  readonly description: string;
  /** The values there are, for completions. */
  readonly choices?: readonly string[];
}

/** A verb's arguments, parsed. */
export interface Arguments {
  /** What stands before `--`, options left out; after it as well, if the verb runs no command. */
  readonly names: readonly string[];
  /** What stands after `--`, if the verb runs a command; undefined without `--`. */
  readonly command: readonly string[] | undefined;
  /** True for a switch that is given. */
  has(option: string): boolean;
  /** An option's value; undefined if it is not given. */
  text(option: string): string | undefined;
}

/** A verb, and how it is run. */
export interface Verb {
  readonly name: string;
  /** What stands after `procref NAME` in the help. */
  readonly usage: string;
  readonly summary: string;
  readonly description: string;
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** The names it takes, for completions. */
  readonly completes?: "services" | readonly string[];
  /** What becomes of a command after `--`. A verb that wraps it exits as `env` does when it can't run it. */
  readonly command: "wrapped" | "started" | "none";
  /** Runs it. @returns The exit code. */
  run(args: Arguments): Promise<number>;
}

/** A verb that is not loaded yet: a program that starts pays for what it loads. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Verb>;
}

/** What is wrong with a command line. */
export class UsageError extends Error {
  override name = "UsageError";
}
