// For tests only: what SIGSTOP is elsewhere. The event tells that a process has come to its point.

import { closeHandle, CURRENT_PROCESS, ntProcesses } from "../../ffi/windows/ntdll.ts";
import { statusAt, writeNew } from "../file/windows.ts";
import { ownPid } from "../process/windows.ts";
import { runtime } from "../runtime/mod.ts";
import { createEvent, openEvent, ownPrefix, type Where } from "./named.ts";

/** What is in this process's environment under a name. */
export function variable(name: string): string | undefined {
  return runtime.variable(name);
}

/** Stops this process, unless one has stopped for the same file, and writes its pid there. */
export function stopOnce(file: string): void {
  if (statusAt(file) !== undefined) return;
  writeNew(file, new TextEncoder().encode(`${ownPid()}\n`));
  stopHere();
}

function stopOf(pid: number): Where {
  return { name: `${ownPrefix()}-stopped-${pid}`, subject: `for pid ${pid}` };
}

/** Stops this process where it is. */
export function stopHere(): void {
  createEvent(stopOf(ownPid()));
  ntProcesses().NtSuspendProcess(CURRENT_PROCESS);
}

/** True once a process has stopped itself. */
export function hasStopped(pid: number): boolean {
  const event = openEvent(stopOf(pid));
  if (event !== undefined) closeHandle(event);
  return event !== undefined;
}
