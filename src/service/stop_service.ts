import { once } from "../once.ts";
import type { WaitOptions } from "../wait.ts";

const ending = once(() => import("./end_service.ts"));

/** How a service is stopped by somebody who does not use it. */
export interface StopServiceOptions extends WaitOptions {
  /** Where its record lives. Default: this user's directory. */
  readonly directory?: string;
  /**
   * Ends its process although it has clients. They lose it; the next acquire starts it anew.
   *
   * @default {false}
   */
  readonly force?: boolean;
}

/**
 * Stops a service that nobody uses: one that lingers, or was left over when its guardian was killed. It is stopped
 * by the policy in its record.
 *
 * @param name Its name.
 * @param options Force, directory, timeout, AbortSignal.
 * @returns False: there is no such service.
 * @throws {ProcrefError} `"in_use"`: it has clients; the message names them.
 * @throws {TimeoutError} Not in time.
 * @throws {TypeError} The name is no string, or holds NUL or half a surrogate pair.
 * @throws {RangeError} The name is empty or longer than 255 bytes.
 *
 * @example
 * ```ts
 * import { commandService, stopService } from "@procref/procref/service";
 *
 * const sleeper = commandService("docs-lingering", { command: ["sleep", "60"], linger: 60_000 });
 * await (await sleeper.acquire()).release();
 * console.log(await stopService("docs-lingering")); // true
 * ```
 */
export async function stopService(
  name: string,
  options: StopServiceOptions = {},
): Promise<boolean> {
  const { endService } = await ending();
  return await endService(name, options);
}
