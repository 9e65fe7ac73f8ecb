import type { CounterBackend } from "../counter/types.ts";
import type { ProcessIdentity } from "../process/identity.ts";
import type { SignalName } from "../process/signals.ts";

/** What the clients of a service need to know of it. */
export interface ServiceInfo {
  /** The process that is the service, or its main one. */
  readonly pid: number;
  /** The TCP port it listens on, if any. */
  readonly port?: number;
  /** Anything else worth telling: URLs, directories, credentials. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a callback that starts something is given. */
export interface StartContext {
  /** Fires when `acquire()` has been given up: what is under way should end. */
  readonly signal: AbortSignal;
}

/**
 * How a service is stopped when none of its callbacks can be asked. On Windows those of its processes are asked that have
 * called `onStopRequest()` of `./process`; where there are none, it ends at once.
 */
export interface StopPolicy {
  /**
   * What asks the process to end. On Windows all signals are the same request, but SIGKILL, which asks nobody; if one is
   * named, the service is asked also when its last client is killed, for which a keeper, a process more, is made.
   *
   * @default {"SIGTERM"}
   */
  readonly signal?: SignalName;
  /**
   * Milliseconds from asking to SIGKILL.
   *
   * @default {5000}
   */
  readonly timeout?: number;
}

/** What a shared service is: how it starts, how it is checked, how it stops. */
export interface SharedServiceOptions {
  /**
   * Starts the service; called for the first reference, in one process at a time. What it launches inherits a
   * one-time token in its environment (`PROCREF_START`), by which it is found if this process dies meanwhile. On
   * Windows a child that is not `detached` ends with this process.
   */
  onFirstAcquire(context: StartContext): ServiceInfo | Promise<ServiceInfo>;
  /**
   * Stops the service; called for the last reference. When it returns, its process is waited for, and killed
   * after `stop.timeout` (unless it is the client's own). Default: `stop(pid)` by the `stop` policy. If it
   * throws, `release()` rejects with that error; the reference is gone, the record stays (on Windows the service ends).
   */
  onLastRelease?(info: ServiceInfo): void | Promise<void>;
  /** Tells whether the running service is usable; called at every acquire but the first. Default: it is alive. */
  onHealthCheck?(info: ServiceInfo): boolean | Promise<boolean>;
  /**
   * Replaces a service whose check failed, in one process at a time. Default: stop the old one, start anew.
   */
  onRecover?(info: ServiceInfo, context: StartContext): ServiceInfo | Promise<ServiceInfo>;
  /** Where the service's record lives. Default: a directory of this user's alone. */
  readonly directory?: string;
  /**
   * Milliseconds for which the service stays when its last client is gone. With `onLastRelease` this needs
   * `module`: the guardian, which does the stop, can't run a closure of a process that has ended.
   *
   * @default {0}
   */
  readonly linger?: number;
  /** How the guardian stops the service when no client is left to ask. */
  readonly stop?: StopPolicy;
  /**
   * The `import.meta.url` of a module whose default export is this service: the guardian then runs the real
   * `onLastRelease`, with at most `stop.timeout` for it.
   */
  readonly module?: string | URL;
  /** The kernel object that counts. Default: this system's best. */
  readonly backend?: CounterBackend;
}

/** A look at a service from outside, without touching it. */
export interface ServiceStatus {
  /** The service's name. */
  readonly name: string;
  /** Where it is in its life. */
  readonly state: "absent" | "starting" | "running" | "recovering" | "stopping";
  /** References held. */
  readonly count: number;
  /** What its clients are told. */
  readonly info?: ServiceInfo;
  /** 1 at the start, one more after each recovery. */
  readonly generation?: number;
  /** When this generation started. */
  readonly startedAt?: Date;
  /** What the health check says now. */
  readonly healthy?: boolean;
  /** The process that watches its clients. */
  readonly guardian?: ProcessIdentity;
  /** The processes that hold references. */
  readonly holders: readonly ProcessIdentity[];
  /** What is wrong, if anything: a record that is garbage, a guardian that is missing. */
  readonly problem?: string;
}
