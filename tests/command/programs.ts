// Programs that each system has.

import { platform } from "node:process";
import { Command, type CommandOptions } from "@procref/procref/command";
import { take } from "../windows/commands.ts";

/** True where there is no `sh`. */
export const windows: boolean = platform === "win32";

/** A program that never ends by itself, as `SharedChild.spawn()` takes it. */
export const IDLE: { readonly program: string; readonly args: readonly string[] } = windows
  ? { program: "ping", args: ["-n", "1000", "127.0.0.1"] }
  : { program: "sleep", args: ["1000"] };

/** One that ends at once. */
export const NOTHING: typeof IDLE = windows
  ? { program: "cmd", args: ["/c", "exit"] }
  : { program: "true", args: [] };

/** A command that never ends by itself. */
export function idle(options: CommandOptions = {}): Command {
  return new Command(IDLE.program, { ...options, args: IDLE.args });
}

/** A line of `sh`; where there is none, the steps that come to the same. */
export function run(line: string, steps: readonly string[], options: CommandOptions = {}): Command {
  return windows ? take(steps, options) : Command.shell(line, options);
}
