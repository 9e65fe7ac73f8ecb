import { ProcrefError } from "../../ffi/errors.ts";
import { absolutePath } from "./path.ts";
import { parsePidFile, type Recorded } from "./pid_file/content.ts";
import { isRecordedAlive } from "./pid_file/holder.ts";
import { pidFiles, type Sight } from "./pid_file/system.ts";

/** What a pid file and its lock tell of a daemon. */
export interface DaemonStatus {
  /** Its lock is held, or the process that it names is alive (the very one, where it has a start time). */
  readonly running: boolean;
  /** The daemon's pid, or the dead one's that a stale file names. Undefined while one is just being started. */
  readonly pid?: number;
  /** There is a pid file, but no daemon. */
  readonly stale: boolean;
}

/** A status, and the process behind it as exactly as the file names it. */
export interface Finding {
  readonly status: DaemonStatus;
  readonly recorded: Recorded | undefined;
}

/**
 * Looks for the daemon of a pid file. Nothing is changed, and a stale file is never taken for a daemon.
 *
 * @param pidFile The pid file; that it is missing means that nothing runs.
 * @throws {ProcrefError} `"permission_denied"`: it may not be read; `"not_a_file"`: a link or a directory is there.
 * @throws {TypeError} It is no path.
 *
 * @example
 * ```ts
 * import { daemonStatus, lockPidFile } from "@procref/procref/daemon";
 *
 * const path = `/tmp/docs-status-${Deno.pid}.pid`;
 * using _lock = lockPidFile(path);
 * const { running, pid } = await daemonStatus(path);
 * console.log(running, pid === Deno.pid); // true true
 * ```
 */
export function daemonStatus(pidFile: string | URL): Promise<DaemonStatus> {
  return new Promise((resolve) => resolve(find(absolutePath(pidFile, "A pid file")).status));
}

/** What there is at a pid file's path. @throws {ProcrefError} As `daemonStatus`. */
export function find(path: string): Finding {
  let sight: Sight;
  try {
    sight = pidFiles.look(path);
  } catch (error) {
    if (!(error instanceof ProcrefError) || error.code !== "not_found") throw error;
    return { status: { running: false, stale: false }, recorded: undefined };
  }
  return judge(sight);
}

function judge({ text, locked, holder }: Sight): Finding {
  const recorded = parsePidFile(text);
  if (locked) {
    return {
      status: { running: true, stale: false, ...(holder === undefined ? {} : { pid: holder }) },
      recorded: holder === undefined ? undefined : recorded,
    };
  }
  const running = recorded !== undefined && isRecordedAlive(recorded);
  const pid = recorded === undefined ? {} : { pid: recorded.pid };
  return { status: { running, stale: !running, ...pid }, recorded };
}
