import { checkEnvironment, checkInteger, checkText } from "../../check.ts";
import { UnsupportedError } from "../../../ffi/errors.ts";
import { once } from "../../once.ts";
import { platform } from "../../../ffi/platform.ts";
import { type InternalOptions, LAUNCHER } from "../definition.ts";
import { SharedService } from "../shared_service.ts";
import type { StartContext } from "../types.ts";
import { checkReadiness } from "../../ready/check.ts";
import type { CommandServiceOptions } from "./types.ts";

const launching = once(() => import("./launch.ts"));

const LARGEST_ID = 2 ** 32 - 2; // of a user or group; the one above it means none

/**
 * A shared service that is a program: no callbacks are needed, only what to run, when it is ready and how it stops.
 * Everything it launches is stopped with it.
 *
 * On Windows only a program that has called `onStopRequest()` of `./process` can be asked to end; any other one is ended
 * at once.
 *
 * In Deno it needs `--allow-ffi`; on Linux also `--allow-run=/bin/sh` and `--allow-env=NODE_V8_COVERAGE` (a variable
 * that Deno itself reads at each start); readiness by HTTP needs `--allow-net` as well. Without the rest of `--allow-env` the
 * program gets the environment that this process was started with, and not what was set since.
 *
 * @param name 1 to 255 bytes of UTF-8 without NUL.
 * @param options The program.
 * @returns The service; its `acquire()` also throws `ProcrefError` with code `"not_found"` (no such program),
 * `"start_failed"` (it ended before it was ready; the message has its last words) and `"not_ready"` (a timeout).
 * @throws {TypeError} A value of the wrong type.
 * @throws {RangeError} A name, port or duration out of range.
 * @throws {UnsupportedError} `uid` or `gid` on Windows.
 *
 * @example
 * ```ts
 * import { commandService } from "@procref/procref/service";
 *
 * const service = commandService("docs-http", {
 *   command: [Deno.execPath(), "eval", "Deno.serve({ port: {port} }, () => new Response('hi'))"],
 *   port: "free",
 * });
 * await using handle = await service.acquire();
 * console.log(await (await fetch(`http://127.0.0.1:${handle.port}`)).text()); // "hi"
 * ```
 */
export function commandService(name: string, options: CommandServiceOptions): SharedService {
  checkOptions(options);
  checkReadiness(options.ready ?? {}, options.port !== undefined);
  const { directory, linger, stop } = options;
  const internal: InternalOptions = {
    ...(directory === undefined ? {} : { directory }),
    ...(linger === undefined ? {} : { linger }),
    ...(stop === undefined ? {} : { stop }),
    onFirstAcquire(_: StartContext) {
      throw new Error("A command service is started by its launcher");
    },
    [LAUNCHER]: async (context) => {
      const { launchCommand } = await launching();
      return await launchCommand(name, options, context);
    },
  };
  return new SharedService(name, internal);
}

function checkOptions(
  { command, port, uid, gid, env = {}, cwd, log }: CommandServiceOptions,
): void {
  if (!Array.isArray(command) || command.length === 0) {
    throw new TypeError("command must be a program and its arguments");
  }
  for (const word of command) checkText(word, "A word of the command");
  if (command[0] === "") throw new TypeError("command must name a program");
  checkText(cwd ?? ".", "cwd");
  checkText(log ?? ".", "log");
  checkEnvironment(env);
  if (port !== "free" && port !== undefined) checkInteger(port, "port", 1, 65535);
  for (const [option, id] of Object.entries({ uid, gid })) {
    if (id === undefined) continue;
    checkInteger(id, option, 0, LARGEST_ID);
    if (platform === "windows") {
      throw new UnsupportedError(`The option ${option}`, "windows");
    }
  }
}
