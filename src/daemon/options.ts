import { UnsupportedError } from "../../ffi/errors.ts";
import { checkEnvironment, checkInteger, checkText } from "../check.ts";
import { childSystem } from "../child/system.ts";
import { runtime } from "../runtime/mod.ts";
import { checkDuration } from "../wait.ts";
import { absolutePath, rootDirectory } from "./path.ts";
import type { DaemonizeOptions } from "./types.ts";

/** Options, checked, with every default and every path absolute. */
export interface Settings {
  readonly pidFile: string | undefined;
  readonly workingDirectory: string;
  readonly umask: number;
  readonly log: string | undefined;
  readonly readyTimeout: number;
}

/**
 * Checks everything that can be checked before anything is started.
 *
 * @throws {UnsupportedError} A umask is asked for on Windows.
 * @throws {TypeError} A value of the wrong type.
 * @throws {RangeError} A number out of range.
 * @throws {ProcrefError} `"not_found"`: the working directory is missing; `"permission_denied"`: or closed to us.
 */
export function settle(options: DaemonizeOptions): Settings {
  const { platform } = runtime;
  if (typeof options !== "object" || options === null) {
    throw new TypeError("The options of a daemon are an object");
  }
  const { pidFile, log, umask = 0o022, readyTimeout = 30_000 } = options;
  const { workingDirectory = rootDirectory() } = options;
  if (options.umask !== undefined && platform === "windows") {
    throw new UnsupportedError("The option umask", platform);
  }
  checkDuration(readyTimeout, "readyTimeout");
  if (readyTimeout === 0) throw new RangeError("readyTimeout must be more than 0 milliseconds");
  return {
    pidFile: pidFile === undefined ? undefined : absolutePath(pidFile, "A pid file"),
    log: log === undefined ? undefined : absolutePath(log, "A log"),
    umask: checkInteger(umask, "umask", 0, 0o777),
    readyTimeout,
    workingDirectory: childSystem().checkDirectory(
      absolutePath(workingDirectory, "The working directory"),
    ),
  };
}

/** The arguments and variables of a program. @throws {TypeError} */
export function checkTexts(args: readonly string[], env: Readonly<Record<string, string>>): void {
  if (!Array.isArray(args)) throw new TypeError("args is an array of strings");
  args.forEach((arg, index) => checkText(arg, `Argument ${index}`));
  checkEnvironment(env);
}
