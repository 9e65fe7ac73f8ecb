import { ProcrefError } from "../../../ffi/errors.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { setEvent } from "../../object/named.ts";
import { identify } from "../../process/alive.ts";
import { runtime } from "../../runtime/mod.ts";
import { program } from "../../runtime/program/mod.ts";
import { OrderMemory } from "../launcher/order_windows.ts";
import { inherited } from "../pid_file/lock.ts";
import type { Daemon } from "../types.ts";
import { RunningDaemon } from "./daemon.ts";

/** Makes this process the daemon that a launcher has ordered; undefined where there is no order for it. */
export function adoptOnWindows(): Daemon | undefined {
  const identity = identify(runtime.pid);
  if (identity === undefined) throw new ProcrefError("system", "This process is not there");
  const memory = OrderMemory.find(identity);
  if (memory === undefined) return undefined;
  const { pidFile, workingDirectory, given } = memory.read();
  if (pidFile !== undefined && given.pidFile !== undefined) {
    const lock = inherited(pidFile, given.pidFile);
    program.onExit(() => lock.release());
  }
  program.changeDirectory(workingDirectory);
  return new RunningDaemon(identity, undefined, {
    ready(message) {
      memory.writeReady(message);
      setEvent(given.ready);
      closeHandle(given.ready);
      closeHandle(given.order);
      memory[Symbol.dispose]();
    },
    reloading() {},
    reloaded() {},
  });
}
