import type { Readiness } from "../../ready/types.ts";
import type { StopPolicy } from "../types.ts";

/** A service that is a program. */
export interface CommandServiceOptions {
  /** The program and its arguments; `{port}` in them is replaced by the port. */
  readonly command: readonly [string, ...string[]];
  /** Its working directory. Default: the client's. */
  readonly cwd?: string;
  /** Variables to add to the client's environment; `{port}` in them is replaced. `PORT` is set if it has a port. */
  readonly env?: Readonly<Record<string, string>>;
  /** The user it runs as (setuid(2)). Not on Windows. */
  readonly uid?: number;
  /** The group it runs as (setgid(2)). Not on Windows. */
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
