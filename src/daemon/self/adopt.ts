import { POSIX } from "../../../ffi/numbers/mod.ts";
import { checked, files, processes } from "../../../ffi/libc.ts";
import { close, writeAll } from "../../file/posix.ts";
import { program } from "../../runtime/program/mod.ts";
import { isOrder, readOrder, writeReady } from "../launcher/order.ts";
import { DESCRIPTORS } from "../launcher/script.ts";
import { inherited } from "../pid_file/lock.ts";
import type { Daemon } from "../types.ts";
import { RunningDaemon } from "./daemon.ts";
import { silence } from "./output.ts";

const { FD_CLOEXEC, F_SETFD } = POSIX;

/**
 * Makes this process the daemon that a launcher has ordered; undefined where there is no order. An order that was
 * passed on to a child by accident is not the child's: it names the process that it is meant for.
 */
export function adopt(): Daemon | undefined {
  if (!isOrder(DESCRIPTORS.order)) return undefined;
  const { order, daemon } = readOrder(DESCRIPTORS.order);
  if (daemon?.pid !== processes().getpid()) return undefined;
  const { pidFile, log, workingDirectory } = order;
  keep(DESCRIPTORS.order);
  keep(DESCRIPTORS.signal);
  if (pidFile !== undefined) {
    keep(DESCRIPTORS.pidFile);
    const lock = inherited(pidFile, DESCRIPTORS.pidFile);
    program.onExit(() => lock.release());
  }
  program.changeDirectory(workingDirectory);
  return new RunningDaemon(daemon, log, {
    ready: (message) => report(message, log !== undefined),
    reloading: () => {},
    reloaded: () => {},
  });
}

/** The program's children do not get it. */
function keep(descriptor: number): void {
  checked(files().fcntl(descriptor, F_SETFD, FD_CLOEXEC), "fcntl");
}

function report(message: string, hasLog: boolean): void {
  writeReady(DESCRIPTORS.order, message);
  try {
    writeAll(DESCRIPTORS.signal, new Uint8Array(1));
  } catch {
    // EPIPE: the launcher has been killed. The daemon is a daemon all the same.
  }
  close(DESCRIPTORS.signal);
  close(DESCRIPTORS.order);
  if (!hasLog) silence();
}
