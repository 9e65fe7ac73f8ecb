import { daemons } from "../../../ffi/libc_daemon.ts";
import { ProcrefError, SystemError, UnsupportedError } from "../../../ffi/errors.ts";
import { identify } from "../../process/alive.ts";
import { runtime } from "../../runtime/mod.ts";
import { program } from "../../runtime/program/mod.ts";
import type { Settings } from "../options.ts";
import { claim, named } from "../pid_file/lock.ts";
import type { Daemon } from "../types.ts";
import { type Audience, RunningDaemon } from "./daemon.ts";
import { openLog } from "./output.ts";
import { notify, readyFields, reloadingFields } from "./notify.ts";
import type { Supervision } from "./supervision.ts";

/** Makes this process, as it is, the daemon: what started it looks after it. @throws {LockedError} One runs already. */
export async function stay(settings: Settings, { socket }: Supervision): Promise<Daemon> {
  const identity = identify(runtime.pid);
  if (identity === undefined) {
    throw new ProcrefError("system", "The system does not show this process");
  }
  const { pidFile, log, umask, workingDirectory } = settings;
  const { platform } = runtime;
  if (log !== undefined && platform === "windows") {
    throw new UnsupportedError("A log of the process itself", platform);
  }
  if (pidFile !== undefined) {
    const lock = named(await claim(pidFile));
    program.onExit(() => lock.release());
  }
  if (platform !== "windows") daemons().umask(umask);
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
