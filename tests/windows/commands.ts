// Commands for the tests of Windows: cmd.exe where it will do, else steps.ts, which takes a runtime's start.

import { Command, type CommandOptions } from "@procref/procref/command";
import { taking } from "./programs.ts";

/** A line for cmd.exe. */
export function cmd(line: string, options: CommandOptions = {}): Command {
  return Command.shell(line, options);
}

/** A program that takes these steps. */
export function take(steps: readonly string[], options: CommandOptions = {}): Command {
  const { program, args } = taking(...steps);
  return new Command(program, { ...options, args });
}

/** What a program wrote to standard error itself: under Wine Bun has something to say there as well. */
export function own(stderr: string): string {
  return stderr.replace(/^Internal error: directory mismatch.*\r?\n/gm, "");
}
