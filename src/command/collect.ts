import type { CommandOutput } from "./types.ts";
import type { CommandRequest, StartedProcess } from "./runner.ts";

/**
 * Follows a started process to its end and gathers what it writes: how `output()` of any runner works.
 *
 * @param process What `start()` gave.
 * @param request The request that it was started for.
 * @throws The reason of the request's signal.
 */
export async function collect(
  process: StartedProcess,
  request: CommandRequest,
): Promise<CommandOutput<Uint8Array>> {
  const start = performance.now();
  try {
    const [stdout, stderr, status] = await Promise.all([
      new Response(process.stdout ?? null).bytes(),
      new Response(process.stderr ?? null).bytes(),
      process.status,
    ]);
    const { code, signal } = status;
    return {
      stdout,
      stderr,
      code,
      signal,
      success: code !== null && request.capture.okCodes.includes(code),
      timedOut: false,
      truncated: false,
      duration: performance.now() - start,
    };
  } finally {
    await process.close();
  }
}
