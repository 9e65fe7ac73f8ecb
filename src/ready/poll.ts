// Whether another program is ready: no event tells of its socket or file, so the question is asked again and again.

import { PermissionError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import { sleep, unlessAborted } from "../wait.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./port_windows.ts") : undefined;

/**
 * Asks until the answer is true. A question that fails is a no.
 *
 * @param every Milliseconds between two questions.
 * @throws The signal's reason.
 * @throws {PermissionError} What Deno's permissions forbid: asking again won't help.
 */
export async function untilTrue(
  ask: (signal: AbortSignal) => boolean | Promise<boolean>,
  every: number,
  signal: AbortSignal,
): Promise<void> {
  while (!await says(ask, signal)) await sleep(every, signal);
  signal.throwIfAborted();
}

async function says(
  ask: (signal: AbortSignal) => boolean | Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const answer = (async () => await ask(signal))();
    return await unlessAborted(answer, signal) === true;
  } catch (error) {
    if (signal.aborted) throw error;
    // Deno's refusal names the flag that is missing.
    if (error instanceof Error && error.name === "NotCapable") {
      throw new PermissionError(`Asking whether it is ready: ${error.message}`, { cause: error });
    }
    return false;
  }
}

/** True if the address answers with success (2xx). */
export async function answers(url: string | URL, signal: AbortSignal): Promise<boolean> {
  if (windows?.refuses(new URL(url))) return false;
  const response = await fetch(url, { signal });
  await response.body?.cancel();
  return response.ok;
}
