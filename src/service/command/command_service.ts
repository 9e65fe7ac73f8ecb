import { type InternalOptions, LAUNCHER } from "../definition.ts";
import { SharedService } from "../shared_service.ts";
import type { StartContext } from "../types.ts";
import { checkReadiness } from "../../ready/check.ts";
import type { CommandServiceOptions } from "./types.ts";

/**
 * A shared service that is a program: no callbacks are needed, only what to run, when it is ready and how it stops.
 * Everything it launches is stopped with it.
 *
 * In Deno it needs `--allow-ffi`, `--allow-run=/bin/sh` and `--allow-env=NODE_V8_COVERAGE` (a variable that Deno
 * itself reads at each start); readiness by HTTP needs `--allow-net` as well. Without the rest of `--allow-env` the
 * program gets the environment that this process was started with, and not what was set since.
 *
 * @param name 1 to 255 bytes of UTF-8 without NUL.
 * @param options The program.
 * @returns The service; its `acquire()` also throws `ProcrefError` with code `"not_found"` (no such program),
 * `"start_failed"` (it ended before it was ready; the message has its last words) and `"not_ready"` (a timeout).
 * @throws {TypeError} A value of the wrong type.
 * @throws {RangeError} A name, port or duration out of range.
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
      const { launchCommand } = await import("./launch.ts");
      return await launchCommand(options, context);
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
  const texts: unknown[] = [...command, ...Object.values(env), cwd ?? ".", log ?? "."];
  for (const text of texts) {
    if (typeof text !== "string" || text.includes("\0")) {
      throw new TypeError(`command, env, cwd and log are strings without NUL: ${String(text)}`);
    }
  }
  if (command[0] === "") throw new TypeError("command must name a program");
  for (const name of Object.keys(env)) {
    if (name === "" || /[=\0]/.test(name)) {
      throw new TypeError(`No name for an environment variable: ${JSON.stringify(name)}`);
    }
  }
  checkInteger("port", port === "free" ? undefined : port, 1, 65535);
  checkInteger("uid", uid, 0, 2 ** 32 - 2);
  checkInteger("gid", gid, 0, 2 ** 32 - 2);
}

function checkInteger(name: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`${name} must be a number`);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} must be an integer from ${low} to ${high}: ${value}`);
  }
}
