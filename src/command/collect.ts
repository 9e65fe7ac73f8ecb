import type { CommandRequest, StartedProcess } from "./runner.ts";
import { Run } from "./run.ts";
import type { CommandOutput } from "./types.ts";

/**
 * Follows a started process to its end and gathers what it writes: how `output()` of any runner works. Then nothing
 * of the run is left.
 *
 * @param process What `start()` gave.
 * @param request The request that it was started for.
 * @throws The reason of the request's signal; what a line handler throws.
 * @throws {CommandError} `overflow`, `encoding`.
 *
 * @example
 * ```ts
 * import { collect, Command, type ProcessRunner, SystemRunner } from "@procref/procref/command";
 *
 * // A runner of one's own has to start a process; collect() does the rest.
 * const system = new SystemRunner();
 * const loud: ProcessRunner = {
 *   start(request) {
 *     console.log("starting", request.commandLine);
 *     return system.start(request);
 *   },
 *   output: async (request) => await collect(await loud.start(request), request),
 * };
 * console.log(await new Command("echo", { args: ["hello"], runner: loud }).run()); // "hello"
 * ```
 */
export async function collect(
  process: StartedProcess,
  request: CommandRequest,
): Promise<CommandOutput<Uint8Array>> {
  const run = new Run(process, request);
  // Nobody else has the stream: nothing will be written.
  if (request.input === undefined) void process.stdin?.close().catch(() => {});
  return await run.output();
}
