import type { ProcessIdentity } from "../process/identity.ts";
import type { Readiness } from "../ready/types.ts";

/** How a program becomes a daemon. */
export interface DaemonizeOptions {
  /**
   * The pid file: locked for the daemon's life, with its pid and start time in it. While one daemon holds it, no
   * other starts. Default: none, so any number may run.
   */
  readonly pidFile?: string | URL;
  /**
   * The daemon's working directory.
   *
   * @default {"/", on Windows the root of the system's drive}
   */
  readonly workingDirectory?: string | URL;
  /**
   * The mask of permission bits for the files it makes (umask(2)). Not on Windows.
   *
   * @default {0o022}
   */
  readonly umask?: number;
  /**
   * The file that its output is appended to; made, with mode 644, if it is missing; on Windows for this user alone.
   * Default: `/dev/null`.
   */
  readonly log?: string | URL;
  /**
   * Milliseconds until a start without `ready()` counts as failed; `Infinity` means no limit.
   *
   * @default {30000}
   */
  readonly readyTimeout?: number;
}

/** How this program itself becomes a daemon. */
export interface DaemonizeSelfOptions extends DaemonizeOptions {
  /**
   * True: nothing is started, and this process itself is the daemon, for a supervisor that wants it so. It keeps its
   * session, and its output unless there is a log; `readyTimeout` is the supervisor's affair. False: a daemon is started
   * anyway, and the supervisor told its pid. launchd of macOS wants it true, and can't be told from others.
   *
   * @default true where `NOTIFY_SOCKET` is set (systemd's `Type=notify`), or in pid 1 (a container)
   */
  readonly foreground?: boolean;
}

/** How another program becomes a daemon. */
export interface SpawnDaemonOptions extends DaemonizeOptions {
  /** The arguments after the program's name; `{port}` in them is replaced by the port. */
  readonly args?: readonly string[];
  /** Variables to add to this process's environment; `{port}` in them is replaced. `PORT` is set if it has a port. */
  readonly env?: Readonly<Record<string, string>>;
  /** The port it listens on. */
  readonly port?: number;
  /** When it is ready. Default: when its port accepts connections, or, without one, when it runs. */
  readonly ready?: Readiness;
}

/** The daemon that this process is. */
export interface Daemon {
  /** This process. */
  readonly identity: ProcessIdentity;
  /**
   * Reports that it is ready: the launcher ends with code 0, and without a log standard output and standard error are
   * `/dev/null` from now on. A supervisor is told by its socket (sd_notify(3)).
   *
   * @param message What the launcher prints, or the supervisor shows as status.
   * @throws {ProcrefError} `"already_done"`: it has been reported before.
   * @throws {TypeError} The message is no text.
   */
  ready(message?: string): void;
  /**
   * Calls back at each SIGHUP, after the log, if there is one, has been opened anew. Without a log and without a
   * handler, SIGHUP ends the process, as it does any.
   *
   * @param handler May be asynchronous; what it throws is an uncaught error.
   * @returns What takes it off again.
   * @throws {UnsupportedError} On Windows, where nobody can ask for it.
   */
  onReload(handler: () => void | Promise<void>): Disposable;
  /**
   * Calls back when the daemon is asked to end, as `onStopRequest()` of `./process` does: by SIGTERM, on Windows by
   * `stopDaemon()`, which ends a daemon without a handler at once. When all handlers are done, the process ends with code
   * 0. On Windows a handler holds the process alive.
   *
   * @param handler May be asynchronous, as long as `stopDaemon()` is patient; what it throws is an uncaught error.
   * @returns What takes it off again.
   */
  onStop(handler: () => void | Promise<void>): Disposable;
}
