import type { ServiceInfo, StopPolicy } from "../types.ts";

/** When a program counts as ready: when everything that is named here holds. */
export interface Readiness {
  /** A line of its output, standard output or standard error, that contains the text or matches. */
  readonly line?: string | RegExp;
  /**
   * Its port accepts connections on this host's loopback address.
   *
   * @default true where the service has a port and nothing else is named
   */
  readonly port?: boolean;
  /** A URL that answers with a status from 200 to 299; `{port}` in it is replaced. */
  readonly http?: string;
  /** Anything else; asked again every 50 ms until it says true. One that throws says no. */
  check?(info: ServiceInfo): boolean | Promise<boolean>;
  /**
   * Milliseconds until the start counts as failed.
   *
   * @default {30000}
   */
  readonly timeout?: number;
}

/** A service that is a program. */
export interface CommandServiceOptions {
  /** The program and its arguments; `{port}` in them is replaced by the port. */
  readonly command: readonly [string, ...string[]];
  /** Its working directory. Default: the client's. */
  readonly cwd?: string;
  /** Variables to add to the client's environment; `{port}` in them is replaced. `PORT` is set if it has a port. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user it runs as (setuid(2)). */
  readonly uid?: number;
  /** The group it runs as (setgid(2)). */
  readonly gid?: number;
  /** The port it listens on; `"free"` picks one that nobody uses. */
  readonly port?: number | "free";
  /** When it is ready. */
  readonly ready?: Readiness;
  /** How it is stopped. */
  readonly stop?: StopPolicy;
  /**
   * Milliseconds for which it stays when its last client is gone.
   *
   * @default {0}
   */
  readonly linger?: number;
  /** Where the service's record lives. Default: a directory of this user's alone. */
  readonly directory?: string;
  /** The file that its output is appended to. Default: one beside the record, removed with it. */
  readonly log?: string;
}
