import { looking } from "./later.ts";
import { serviceSystem } from "./system.ts";
import type { ServiceStatus } from "./types.ts";

/**
 * Looks at all services of a directory that have a record.
 *
 * @param directory Where their records live. Default: this user's directory.
 * @returns One status each, by name. `healthy` tells only whether the process is alive: the services' own health
 * checks are known to their clients alone.
 *
 * @example
 * ```ts
 * import { listServices } from "@procref/procref/service";
 *
 * for (const { name, state, count } of await listServices()) console.log(name, state, count);
 * ```
 */
export async function listServices(directory?: string): Promise<ServiceStatus[]> {
  const path = serviceSystem.peekDirectory(directory);
  if (path === undefined) return [];
  const { inspectAll } = await looking();
  return await inspectAll(path);
}
