import { processes } from "../../../ffi/libc.ts";
import { daemons } from "../../../ffi/libc_daemon.ts";
import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { identify } from "../../process/process.ts";
import { program } from "../../runtime/program/mod.ts";
import type { Settings } from "../options.ts";
import { formatPidFile } from "../pid_file/content.ts";
import { writePidText } from "../pid_file/file.ts";
import { claim, discard, inherited } from "../pid_file/lock.ts";
import type { Daemon } from "../types.ts";
import { type Audience, RunningDaemon } from "./daemon.ts";
import { openLog } from "./output.ts";
import { notify, readyFields, reloadingFields } from "./notify.ts";
import type { Supervision } from "./supervision.ts";

/** Makes this process, as it is, the daemon: what started it looks after it. @throws {LockedError} One runs already. */
export async function stay(settings: Settings, { socket }: Supervision): Promise<Daemon> {
  const identity = identify(processes().getpid());
  if (identity === undefined) {
    throw new ProcrefError("system", "The system does not show this process");
  }
  const { pidFile, log, umask, workingDirectory } = settings;
  if (pidFile !== undefined) {
    const descriptor = await claim(pidFile);
    try {
      writePidText(descriptor, formatPidFile(identity));
    } catch (error) {
      discard(descriptor, pidFile);
      throw error;
    }
    const lock = inherited(pidFile, descriptor);
    program.onExit(() => lock.release());
  }
  daemons().umask(umask);
  if (log !== undefined) openLog(log);
  program.changeDirectory(workingDirectory);
  return new RunningDaemon(
    identity,
    log,
    socket === undefined ? NOBODY : audience(socket, identity.pid),
  );
}

const NOBODY: Audience = { ready() {}, reloading() {}, reloaded() {} };

function audience(socket: Uint8Array, pid: number): Audience {
  return {
    ready: (message) => notify(socket, readyFields(message, pid)),
    reloading: () => notifyIfThere(socket, reloadingFields()),
    reloaded: () => notifyIfThere(socket, { READY: "1" }),
  };
}

/** A daemon that is up does not end because its supervisor listens no more. */
function notifyIfThere(socket: Uint8Array, fields: Readonly<Record<string, string>>): void {
  try {
    notify(socket, fields);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
}
