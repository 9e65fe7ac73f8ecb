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
