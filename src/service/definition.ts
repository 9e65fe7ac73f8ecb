import type { CounterBackend } from "../counter/types.ts";
import { checkName } from "../name.ts";
import { checkSignal, type SignalName } from "../process/signals.ts";
import { checkDuration } from "../wait.ts";
import type { ServiceInfo, SharedServiceOptions, StartContext } from "./types.ts";

/** What a start is given besides the public context: for launchers of our own. */
export interface LaunchContext extends StartContext {
  /** The start's token, to be put into the environment of what is launched. */
  readonly token: string;
  /** Linux: the locked token file: a launcher writes its /proc/PID/stat into it. */
  readonly tokenDescriptor: number | undefined;
  /** Windows: the name of the job that a launcher puts its program into. */
  readonly job: string | undefined;
  /** Where output goes if no log is named; removed with the record. */
  readonly log: string;
}

/** A service's options, checked and with the defaults filled in. */
export interface Definition {
  readonly name: string;
  readonly directory: string | undefined;
  readonly linger: number;
  readonly stop: { readonly signal: SignalName; readonly timeout: number };
  /** Its `stop` names a signal that asks: on Windows somebody must be there to ask when all clients have died. */
  readonly asks: boolean;
  readonly backend: CounterBackend | undefined;
  readonly module: string | undefined;
  /** Its launcher puts the token into the environment of what it launches, and nowhere else. */
  readonly exclusive: boolean;
  onFirstAcquire(context: LaunchContext): ServiceInfo | Promise<ServiceInfo>;
  readonly onLastRelease: ((info: ServiceInfo) => void | Promise<void>) | undefined;
  readonly onHealthCheck: ((info: ServiceInfo) => boolean | Promise<boolean>) | undefined;
  readonly onRecover:
    | ((info: ServiceInfo, context: LaunchContext) => ServiceInfo | Promise<ServiceInfo>)
    | undefined;
}

/** The key under which a launcher of our own stands in for `onFirstAcquire`. */
export const LAUNCHER: unique symbol = Symbol("launcher");

/** Options that may bring a launcher. */
export interface InternalOptions extends SharedServiceOptions {
  readonly [LAUNCHER]?: (context: LaunchContext) => Promise<ServiceInfo>;
}

/**
 * Checks a service's name and options.
 *
 * @throws {TypeError} A value of the wrong type, or `linger` and `onLastRelease` without `module`.
 * @throws {RangeError} A name or duration out of range.
 */
export function define(name: string, options: InternalOptions): Definition {
  checkName(name, "service");
  if (typeof options?.onFirstAcquire !== "function") {
    throw new TypeError("A shared service needs onFirstAcquire");
  }
  checkCallback("onLastRelease", options.onLastRelease);
  checkCallback("onHealthCheck", options.onHealthCheck);
  checkCallback("onRecover", options.onRecover);
  const { backend } = options;
  if (backend !== undefined && !["sysv", "mach", "handle"].includes(backend)) {
    throw new TypeError(`No such counter backend: ${backend}`);
  }
  const { linger = 0, stop = {}, module, directory, [LAUNCHER]: launcher } = options;
  const { signal = "SIGTERM", timeout = 5000 } = stop;
  checkSignal(signal);
  if (directory !== undefined && (directory === "" || directory.includes("\0"))) {
    throw new TypeError("directory must be a path");
  }
  if (checkDuration(linger, "linger") > 0 && options.onLastRelease && module === undefined) {
    throw new TypeError(
      "linger with onLastRelease needs module: the guardian can't run a closure of an ended process",
    );
  }
  return {
    name,
    directory,
    linger,
    backend,
    stop: { signal, timeout: checkDuration(timeout, "stop.timeout") },
    asks: stop.signal !== undefined && stop.signal !== "SIGKILL",
    module: module === undefined ? undefined : new URL(module).href,
    exclusive: launcher !== undefined,
    onFirstAcquire: launcher ?? ((context) => options.onFirstAcquire(context)),
    onLastRelease: options.onLastRelease?.bind(options),
    onHealthCheck: options.onHealthCheck?.bind(options),
    onRecover: options.onRecover?.bind(options),
  };
}

function checkCallback(name: string, callback: unknown): void {
  if (callback !== undefined && typeof callback !== "function") {
    throw new TypeError(`${name} must be a function`);
  }
}
