import { once } from "../../once.ts";
import type { SharedService } from "../shared_service.ts";

// Most programs that share a service describe it themselves.
const describing = once(() => import("./from_file.ts"));

/**
 * A service that a `procref.json` names: the same one that `procref with NAME` and `sharedFixture("NAME")` use.
 * Comments and trailing commas are allowed in the file; `procref.schema.json` of this package is its schema.
 *
 * In Deno it needs `--allow-ffi`, and the service what a `commandService` needs.
 *
 * @param name The service's name in the file.
 * @param path The file. Default: the `procref.json` of the working directory, or of the next one above that has one.
 * @returns The service. Processes share it if they use the same file, unless its `scope` is `"user"`.
 * @throws {ProcrefError} `"not_found"`: no file, or no such service in it. `"invalid_config"`: the message says where
 * (path, line, column), which key, and what it must be.
 *
 * @example
 * ```ts
 * import { serviceFromFile } from "@procref/procref/service";
 *
 * const path = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(path, `{ "services": { "nap": { "command": "sleep 60" } } }`);
 * const nap = await serviceFromFile("nap", path);
 * await using handle = await nap.acquire();
 * console.log(handle.pid, nap.count()); // 4711 1
 * await Deno.remove(path);
 * ```
 */
export async function serviceFromFile(name: string, path?: string): Promise<SharedService> {
  const { fromFile } = await describing();
  return fromFile(name, path);
}
