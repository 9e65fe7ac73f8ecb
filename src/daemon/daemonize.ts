import { ProcrefError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import type { Settings } from "./options.ts";
import type { Daemon, DaemonizeSelfOptions } from "./types.ts";

let current: Daemon | undefined;
let asked = false;

/**
 * Turns this program into a daemon. The code after it runs in the daemon: in a session of its own that it doesn't
 * lead, without a terminal and with no way to get one by accident, in `workingDirectory`, with `umask`, with
 * `/dev/null` or the log on descriptors 0 to 2 and nothing else inherited, and with the pid file locked and written.
 *
 * A runtime has threads and can't fork. So the program is started a second time, with the same flags, permissions,
 * arguments and environment, and this call returns only there; the first process waits for `ready()` and then ends
 * with code 0. Call it first: what stands before it is done twice. If the daemon can't start, this call rejects in
 * the first process: uncaught, the runtime prints the error and ends with a code other than 0.
 *
 * Where a supervisor wants the process that it has started (`foreground`), nothing is started: this very process
 * becomes the daemon, and `ready()` tells the supervisor (sd_notify(3)).
 *
 * On Windows the daemon has a hidden console of its own, and without a log its output goes nowhere from the beginning.
 *
 * In Deno it needs `--allow-ffi`. Permissions that were granted at a prompt are not passed on.
 *
 * @param options The pid file, the log, and when to give up.
 * @returns The daemon's own view of itself.
 * @throws {LockedError} A daemon runs already: `pid` tells which.
 * @throws {ProcrefError} `"start_failed"`: the daemon ended before it was ready; the message has its last words.
 * `"not_found"`, `"permission_denied"`, `"not_a_file"`: the pid file, the log or the working directory is not what
 * it must be. `"already_done"`: this process is a daemon, or about to become one.
 * @throws {TimeoutError} Code `"not_ready"`: no `ready()` in time. The daemon has been stopped.
 * @throws {UnsupportedError} The program can't be started a second time: it came from standard input, for example. On
 * Windows: a `umask`, or a log of this very process.
 * @throws {RangeError} A number out of range.
 * @throws {TypeError} A value of the wrong type.
 *
 * @example
 * ```ts ignore
 * import { daemonize } from "@procref/procref/daemon";
 *
 * const daemon = await daemonize({ pidFile: "/run/hello.pid", log: "/var/log/hello.log" });
 * const server = Deno.serve({ port: 8080 }, () => new Response("hello"));
 * daemon.ready(`listening on port ${server.addr.port}`);
 * ```
 */
export async function daemonize(options: DaemonizeSelfOptions = {}): Promise<Daemon> {
  const { settle } = await import("./options.ts");
  const settings = settle(options);
  if (asked) throw new ProcrefError("already_done", "This process is a daemon already");
  asked = true;
  try {
    return current = await adopted() ?? await begin(settings, options.foreground);
  } catch (error) {
    asked = false;
    throw error instanceof ProcrefError ? forPeople(error) : error;
  }
}

/**
 * The error without a trace of our own calls: whoever typed the command is to see its message. Bun shows the source
 * at each recorded call, so none must be recorded in the first place.
 */
function forPeople(error: ProcrefError): Error {
  const settings = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = settings;
  settings.stackTraceLimit = 0;
  const bare = new Error(error.message, error.cause === undefined ? {} : { cause: error.cause });
  if (stackTraceLimit !== undefined) settings.stackTraceLimit = stackTraceLimit;
  bare.stack = `${error.name}: ${error.message}`;
  return Object.assign(Object.setPrototypeOf(bare, Object.getPrototypeOf(error)), { ...error });
}

async function adopted(): Promise<Daemon | undefined> {
  if (platform === "windows") return (await import("./self/adopt_windows.ts")).adoptOnWindows();
  return (await import("./self/adopt.ts")).adopt();
}

async function begin(
  settings: Settings,
  foreground: boolean | undefined,
): Promise<Daemon> {
  const { supervision } = await import("./self/supervision.ts");
  const supervisor = supervision();
  if (foreground ?? supervisor.wantsThisProcess) {
    const { stay } = await import("./self/stay.ts");
    return await stay(settings, supervisor);
  }
  const { launchSelf } = await import("./launcher/self.ts");
  return await launchSelf(settings, supervisor);
}

/**
 * The daemon that this process is, for code that `daemonize()` did not return it to.
 *
 * @throws {ProcrefError} `"not_a_daemon"`: `daemonize()` has not returned here.
 *
 * @example
 * ```ts
 * import { currentDaemon } from "@procref/procref/daemon";
 *
 * try {
 *   currentDaemon().ready();
 * } catch (error) {
 *   console.log(String(error)); // "ProcrefError: This process is no daemon: daemonize() has not returned here"
 * }
 * ```
 */
export function currentDaemon(): Daemon {
  if (current !== undefined) return current;
  throw new ProcrefError(
    "not_a_daemon",
    "This process is no daemon: daemonize() has not returned here",
  );
}
