import { CURRENT_PROCESS, ntProcesses } from "../../ffi/windows/ntdll.ts";

/** Ends this process with a code of 32 bits. */
export function exitOnWindows(code: number): never {
  ntProcesses().NtTerminateProcess(CURRENT_PROCESS, code >>> 0);
  throw new Error("This process has ended");
}
