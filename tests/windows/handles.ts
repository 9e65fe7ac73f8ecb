// What the tests of Windows ask the kernel itself.

import { assertEquals } from "@std/assert";
import { platform } from "node:process";
import { creation, jobs } from "../../ffi/windows/creation.ts";
import { wide } from "../../ffi/windows/kernel32.ts";
import { closeHandle, CURRENT_PROCESS, ntProcesses } from "../../ffi/windows/ntdll.ts";

const HANDLE_COUNT = 20;
const DUPLEX = 3;
const READ = 0x80000000;
const CREATE_NEW = 1;

/** True where the CPU time of a job is not counted. */
export const WINE: boolean = platform === "win32" && jobs().wine_get_version !== undefined;

/** How many handles this process has open. */
export function openHandles(): number {
  const count = new Uint32Array(1);
  const { NtQueryInformationProcess } = ntProcesses();
  const status = NtQueryInformationProcess(CURRENT_PROCESS, HANDLE_COUNT, count, 4, null);
  assertEquals(status, 0);
  return count[0] ?? 0;
}

/** A named pipe that waits for somebody to open it. */
export function openServer(name: string): Disposable {
  const { CreateNamedPipeW } = creation();
  const handle = CreateNamedPipeW(wide(name), DUPLEX, 0, 1, 64, 64, 0, null);
  assertEquals(handle === -1, false);
  return { [Symbol.dispose]: () => closeHandle(handle) };
}

/** Makes a file that nobody else may open meanwhile. */
export function keepAlone(path: string): Disposable {
  const handle = creation().CreateFileW(wide(path), READ, 0, null, CREATE_NEW, 0, null);
  assertEquals(handle === -1, false);
  return { [Symbol.dispose]: () => closeHandle(handle) };
}
