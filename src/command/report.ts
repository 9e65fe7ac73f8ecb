import { pathOf } from "../check.ts";
import type { Command } from "./command.ts";
import type { CommandOutput } from "./types.ts";

/**
 * What a run came to as text for people: the command, where it ran, what it wrote, how it ended.
 *
 * @param command What was run.
 * @param output What came of it.
 *
 * @example
 * ```ts
 * import { Command, reportText } from "@procref/procref/command";
 *
 * const command = Command.shell("echo hello; echo oh >&2; exit 2", { cwd: "/tmp" });
 * console.log(reportText(command, await command.output()));
 * // > sh -c 'echo hello; echo oh >&2; exit 2'
 * //   in /tmp
 * //   hello
 * //   stderr: oh
 * //   exited with code 2 after 3 ms
 * ```
 */
export function reportText(command: Command, output: CommandOutput<string>): string {
  const { cwd } = command.options;
  const { stdout, stderr, truncated } = output;
  const details = [
    ...(cwd === undefined ? [] : [`in ${pathOf(cwd, "The working directory")}`]),
    ...linesOf(stdout),
    ...linesOf(stderr).map((line) => `stderr: ${line}`),
    ...(truncated ? ["(not all of its output was kept)"] : []),
    `${endOf(output)} after ${Math.round(output.duration)} ms`,
  ];
  return [`> ${command.commandLine}`, ...details.map((line) => `  ${line}`)].join("\n");
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

function endOf({ code, signal, timedOut }: CommandOutput<string>): string {
  const end = signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
  return timedOut ? `took too long and ${end}` : end;
}
