/** A program that may not be ready yet. */
export interface ProgramInfo {
  /** Its process. */
  readonly pid: number;
  /** The TCP port it is to listen on, if any. */
  readonly port?: number;
}

/** When a program counts as ready: when everything that is named here holds. */
export interface Readiness {
  /**
   * A line of its output, standard output or standard error, that contains the text or matches. It is looked for in the
   * log, which must be a regular file then (`not_a_file`).
   */
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
  check?(info: ProgramInfo): boolean | Promise<boolean>;
  /**
   * Milliseconds until the start counts as failed.
   *
   * @default {30000}
   */
  readonly timeout?: number;
}
