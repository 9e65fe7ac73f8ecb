import { parseArgs } from "@std/cli/parse-args";
import { type Arguments, type Option, UsageError, type Verb } from "./verb.ts";

/** Options that every verb has. */
export const COMMON: readonly Option[] = [
  { name: "json", description: "Print JSON for programs, in place of text for people" },
  { name: "help", description: "Show this help" },
];

/** Parses what stands after a verb. @throws {UsageError} */
export function parseArguments(words: readonly string[], verb: Verb): Arguments {
  const options = [...verb.options, ...COMMON];
  const known = new Map(options.map((option) => [option.name, option]));
  const separator = words.indexOf("--");
  const own = separator === -1 ? words : words.slice(0, separator);
  const parsed = parseArgs(own, {
    string: ["_", ...options.filter(({ value }) => value).map(({ name }) => name)],
    boolean: options.filter(({ value }) => !value).map(({ name }) => name),
    alias: { help: "h" },
    unknown(argument: string, key?: string) {
      if (key !== undefined) throw new UsageError(`There is no option ${argument}`);
      return true;
    },
  });
  for (const word of own) checkForm(word, known);
  const text = (name: string) => {
    const value = parsed[name];
    if (typeof value !== "string") return undefined;
    if (value === "") throw new UsageError(`--${name} needs a value: ${known.get(name)?.value}`);
    return value;
  };
  const rest = separator === -1 ? undefined : words.slice(separator + 1);
  // Where no command is taken, what stands there is a name, whatever it looks like.
  const names = verb.command === "none" ? rest ?? [] : [];
  return {
    names: [...parsed._.map(String), ...names],
    command: verb.command === "none" ? undefined : rest,
    has: (name) => parsed[name] === true,
    text,
  };
}

/** What the parser would let pass: a value for a switch, and a switch of one letter. */
function checkForm(word: string, known: ReadonlyMap<string, Option>): void {
  const [, name = "", value] = /^--([^=]+)(=.*)?$/.exec(word) ?? [];
  const option = known.get(name);
  if (option !== undefined && option.value === undefined && value !== undefined) {
    throw new UsageError(`--${name} takes no value`);
  }
  if (option === undefined && name.startsWith("no-")) {
    throw new UsageError(`There is no option --${name}`);
  }
}

/** The command after `--`. @throws {UsageError} There is none. */
export function commandOf({ command }: Arguments, verb: string): readonly [string, ...string[]] {
  const [program, ...rest] = command ?? [];
  if (program !== undefined) return [program, ...rest];
  throw new UsageError(`Nothing to run: procref ${verb} ... -- COMMAND [ARGUMENT...]`);
}

/** The one name that a verb takes. @throws {UsageError} */
export function nameOf({ names }: Arguments, what: string): string {
  const [name, ...more] = names;
  if (name === undefined) throw new UsageError(`The name of ${what} is missing`);
  if (more.length > 0) {
    throw new UsageError(`One name is expected, not ${names.length}; a command stands after --`);
  }
  return name;
}

/** No name at all. @throws {UsageError} */
export function noNames({ names }: Arguments): void {
  if (names.length > 0) throw new UsageError(`No argument is expected: ${names.join(" ")}`);
}
