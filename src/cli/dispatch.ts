import { EXIT } from "./exit_codes.ts";
import { print, tell, tellError } from "./output/write.ts";
import { UsageError, type Verb } from "./verb.ts";
import { VERBS } from "./verbs/all.ts";
import { VERSION } from "./version.ts";

/** Finds the verb, and runs it. @returns The exit code. */
export async function dispatch([name, ...words]: readonly string[]): Promise<number> {
  switch (name) {
    case undefined:
      await help(undefined, tell);
      return EXIT.usage;
    case "--version":
    case "-V":
      print(`procref ${VERSION}`);
      return EXIT.ok;
    case "--help":
    case "-h":
    case "help":
      return await help(words[0], print);
    default:
      return await runVerb(name, words);
  }
}

async function help(name: string | undefined, write: (text: string) => void): Promise<number> {
  const { mainHelp, verbHelp } = await import("./help.ts");
  const entry = VERBS.find((verb) => verb.name === name);
  if (name !== undefined && entry === undefined) return await unknown(name);
  write(entry === undefined ? mainHelp() : verbHelp(await entry.load()));
  return EXIT.ok;
}

async function runVerb(name: string, words: readonly string[]): Promise<number> {
  const verb = await VERBS.find((entry) => entry.name === name)?.load();
  if (verb === undefined) return await unknown(name);
  const separator = words.indexOf("--");
  const own = separator === -1 ? words : words.slice(0, separator);
  if (own.includes("--help") || own.includes("-h")) return await help(name, print);
  try {
    const { parseArguments } = await import("./arguments.ts");
    return await verb.run(parseArguments(words, verb));
  } catch (error) {
    return failed(error, verb, own.includes("--json"));
  }
}

async function unknown(name: string): Promise<number> {
  const { distance } = await import("../service/file/validate.ts");
  const near = VERBS.find((verb) => distance(verb.name, name) <= 2)?.name;
  tell(`There is no verb ${name}${near === undefined ? "" : `; is "${near}" meant?`}`);
  tell("procref --help shows what there is");
  return EXIT.usage;
}

/** Says what went wrong. @returns The exit code for it. */
function failed(error: unknown, verb: Verb, json: boolean): number {
  const own = verb.command === "wrapped" ? EXIT.wrapper : EXIT.failed;
  if (error instanceof UsageError) {
    tellError(error, json);
    if (!json) tell(`procref ${verb.name} --help shows what it takes`);
    return verb.command === "wrapped" ? EXIT.wrapper : EXIT.usage;
  }
  const exitCode = error instanceof Error && "exitCode" in error ? error.exitCode : undefined;
  // Who interrupted it knows.
  if (!(error instanceof Error && error.name === "Interrupted")) tellError(error, json);
  return typeof exitCode === "number" ? exitCode : own;
}
