/**
 * One shared service through a whole test run, under every way that `bun test` and `deno test` run.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref/service";
 * import { sharedFixture } from "@procref/procref/testing";
 *
 * const server = commandService("docs-fixture", { command: ["sleep", "60"] });
 * const { pid } = await sharedFixture(server);
 * console.log(pid);
 * ```
 *
 * @module
 */

import type { ServiceHandle } from "../service/handle.ts";
import type { SharedService } from "../service/shared_service.ts";

export type { ServiceHandle, SharedService };

/**
 * Acquires a service for the rest of this process's life. Call it in a preload or at the top of a test file: the
 * service lives through the whole run although hooks run once per file in most modes, and the guardian stops it
 * when the last of the runner's processes has ended, by whatever way: finished, `--bail`, Ctrl-C, kill -9.
 *
 * Under `bun test --isolate` and `--parallel`, Bun sends SIGTERM to the children of each file at that file's end, those
 * of an `onFirstAcquire` included; what a `commandService` launches is not among them.
 *
 * @param service The service, or the name of one in the next `procref.json` upwards (see `serviceFromFile()`).
 * @returns The handle. There is no need to release it.
 * @throws What `service.acquire()` throws, and for a name what `serviceFromFile()` does.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref/service";
 * import { sharedFixture } from "@procref/procref/testing";
 *
 * const database = commandService("docs-database", { command: ["sleep", "60"] });
 * const { pid } = await sharedFixture(database); // the same one in every file of the run
 * console.log(pid);
 * ```
 */
export async function sharedFixture(service: SharedService | string): Promise<ServiceHandle> {
  if (typeof service !== "string") return await service.acquire();
  const { serviceFromFile } = await import("../service/file/service_from_file.ts");
  return await (await serviceFromFile(service)).acquire();
}
