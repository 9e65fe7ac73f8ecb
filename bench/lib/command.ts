import { fileURLToPath } from "node:url";
import { RUNTIMES } from "../../tests/harness/program.ts";
import type { RuntimeName } from "../../tests/harness/program.ts";

export { type RuntimeName, RUNTIMES };

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The Bun that `deno install` brought. */
export function bunCommand(): string {
  return `${ROOT}node_modules/.bin/bun`;
}

/** The command that runs a script in a runtime. */
export function runCommand(runtime: RuntimeName, script: URL | string): string[] {
  const path = script instanceof URL ? fileURLToPath(script) : script;
  if (runtime === "bun") return [bunCommand(), "run", path];
  const flags = ["--quiet", "--no-prompt", "--frozen", "--allow-all"];
  return [Deno.execPath(), "run", ...flags, `--config=${ROOT}deno.json`, path];
}

/**
 * The milliseconds from the start of a process to its end.
 *
 * @throws {Error} It fails.
 */
export function wallTime(command: readonly string[]): number {
  const [program = "", ...args] = command;
  const process = new Deno.Command(program, {
    args,
    cwd: ROOT,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  });
  const begin = performance.now();
  const { code } = process.outputSync();
  const end = performance.now();
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
  return end - begin;
}
