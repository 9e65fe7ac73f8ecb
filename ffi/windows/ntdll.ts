// The system calls of Windows, as ntdll.dll has them. Each returns its status, so no error can be lost between two
// calls, as that of GetLastError can. Handles come back in buffers: their values have 32 bits (Microsoft, "Interprocess
// Communication Between 32-bit and 64-bit Applications").

import { SystemError } from "../errors.ts";
import { lazily } from "../lazily.ts";
import { native } from "../mod.ts";
import type { BoundElsewhere, Library, SymbolTable } from "../types.ts";

/** The library's file name. */
export const NTDLL: readonly string[] = ["ntdll.dll"];

export const OBJECTS = {
  NtClose: { args: ["handle"], returns: "i32" }, // NtClose(HANDLE)
  NtQueryObject: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQueryObject(HANDLE, class, void *, ULONG, ULONG *)
  NtDuplicateObject: {
    args: ["handle", "handle", "handle", "buffer", "u32", "u32", "u32"],
    returns: "i32",
  }, // NtDuplicateObject(process, HANDLE, process, HANDLE *, access, attributes, options)
  NtQuerySecurityObject: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQuerySecurityObject(HANDLE, information, descriptor, ULONG, ULONG *)
  NtQueryDirectoryObject: {
    args: ["handle", "buffer", "u32", "u32", "u32", "buffer", "buffer"],
    returns: "i32",
  }, // NtQueryDirectoryObject(HANDLE, void *, ULONG, BOOLEAN single, BOOLEAN restart, ULONG *context, ULONG *)
  NtOpenDirectoryObject: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenDirectoryObject(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtWaitForSingleObject: { args: ["handle", "u32", "buffer"], returns: "i32" }, // NtWaitForSingleObject(HANDLE, BOOLEAN alertable, LARGE_INTEGER *)
  NtCreateSemaphore: { args: ["buffer", "u32", "buffer", "i32", "i32"], returns: "i32" }, // NtCreateSemaphore(HANDLE *, access, OBJECT_ATTRIBUTES *, LONG initial, LONG maximum)
  NtOpenSemaphore: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenSemaphore(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtQuerySemaphore: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQuerySemaphore(HANDLE, class, void *, ULONG, ULONG *)
  NtCreateMutant: { args: ["buffer", "u32", "buffer", "u32"], returns: "i32" }, // NtCreateMutant(HANDLE *, access, OBJECT_ATTRIBUTES *, BOOLEAN owned)
  NtOpenMutant: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenMutant(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtReleaseMutant: { args: ["handle", "buffer"], returns: "i32" }, // NtReleaseMutant(HANDLE, LONG *)
  NtCreateEvent: { args: ["buffer", "u32", "buffer", "u32", "u32"], returns: "i32" }, // NtCreateEvent(HANDLE *, access, OBJECT_ATTRIBUTES *, EVENT_TYPE, BOOLEAN)
  NtOpenEvent: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenEvent(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtSetEvent: { args: ["handle", "buffer"], returns: "i32" }, // NtSetEvent(HANDLE, LONG *)
} as const satisfies SymbolTable;

export const PROCESSES = {
  NtOpenProcess: { args: ["buffer", "u32", "buffer", "buffer"], returns: "i32" }, // NtOpenProcess(HANDLE *, access, OBJECT_ATTRIBUTES *, CLIENT_ID *)
  NtOpenThread: { args: ["buffer", "u32", "buffer", "buffer"], returns: "i32" }, // NtOpenThread(HANDLE *, access, OBJECT_ATTRIBUTES *, CLIENT_ID *)
  NtQueryInformationThread: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQueryInformationThread(HANDLE, class, void *, ULONG, ULONG *)
  NtTerminateProcess: { args: ["handle", "u32"], returns: "i32" }, // NtTerminateProcess(HANDLE, NTSTATUS)
  NtSuspendProcess: { args: ["handle"], returns: "i32" }, // NtSuspendProcess(HANDLE)
  NtResumeProcess: { args: ["handle"], returns: "i32" }, // NtResumeProcess(HANDLE)
  NtQueryInformationProcess: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQueryInformationProcess(HANDLE, class, void *, ULONG, ULONG *)
  NtReadVirtualMemory: {
    args: ["handle", "handle", "buffer", "handle", "buffer"],
    returns: "i32",
  }, // NtReadVirtualMemory(HANDLE, void *base, void *, SIZE_T, SIZE_T *)
  NtDelayExecution: { args: ["u32", "buffer"], returns: "i32" }, // NtDelayExecution(BOOLEAN alertable, LARGE_INTEGER *)
  NtQuerySystemInformation: { args: ["u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQuerySystemInformation(class, void *, ULONG, ULONG *)
  NtOpenProcessToken: { args: ["handle", "u32", "buffer"], returns: "i32" }, // NtOpenProcessToken(HANDLE, access, HANDLE *)
  NtQueryInformationToken: { args: ["handle", "u32", "buffer", "u32", "buffer"], returns: "i32" }, // NtQueryInformationToken(HANDLE, class, void *, ULONG, ULONG *)
} as const satisfies SymbolTable;

export const SECTIONS = {
  NtCreateSection: {
    args: ["buffer", "u32", "buffer", "buffer", "u32", "u32", "buffer"],
    returns: "i32",
  }, // NtCreateSection(HANDLE *, access, OBJECT_ATTRIBUTES *, LARGE_INTEGER *size, protection, attributes, HANDLE file)
  NtOpenSection: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenSection(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtMapViewOfSection: {
    args: [
      "handle",
      "handle",
      "buffer",
      "handle",
      "handle",
      "buffer",
      "buffer",
      "u32",
      "u32",
      "u32",
    ],
    returns: "i32",
  }, // NtMapViewOfSection(section, process, void **base, ULONG_PTR, SIZE_T, LARGE_INTEGER *offset, SIZE_T *size, inherit, type, protection)
  NtUnmapViewOfSection: { args: ["handle", "address"], returns: "i32" }, // NtUnmapViewOfSection(process, void *base)
} as const satisfies SymbolTable;

export const WAIT_FOR_MULTIPLE = {
  args: ["u32", "buffer", "u32", "u32", "buffer"], // NtWaitForMultipleObjects(ULONG, HANDLE *, WAIT_TYPE, BOOLEAN alertable, LARGE_INTEGER *)
  returns: "i32",
} as const;

/** Binds functions of ntdll lazily. */
export function bound<Table extends SymbolTable>(table: Table): () => Library<Table> {
  return lazily(table, (name, prototype) => native.open(NTDLL, { [name]: prototype })[name]);
}

/** Handles, and the objects that procref waits for: semaphores, mutexes ("mutants"), events. */
export const objects: () => Library<typeof OBJECTS> = bound(OBJECTS);
/** Shared memory: sections, and views of them. */
export const sections: () => Library<typeof SECTIONS> = bound(SECTIONS);
/** Processes, threads, and their tokens. */
export const ntProcesses: () => Library<typeof PROCESSES> = bound(PROCESSES);

let waitForMultiple: BoundElsewhere<typeof WAIT_FOR_MULTIPLE> | undefined;

/** NtWaitForMultipleObjects on another thread. */
export function waitForMultipleElsewhere(): BoundElsewhere<typeof WAIT_FOR_MULTIPLE> {
  return waitForMultiple ??= native.openElsewhere(
    NTDLL,
    "NtWaitForMultipleObjects",
    WAIT_FOR_MULTIPLE,
  );
}

/**
 * Passes a status on, or throws the error that it is (severity "error": the two highest bits).
 *
 * @param status What the call returned.
 * @param call The call's name.
 * @param subject What it was for, as the end of a sentence.
 */
export function succeeded(status: number, call: string, subject?: string): number {
  if (status >>> 30 === 3) throw new SystemError(call, status >>> 0, subject);
  return status >>> 0;
}

/** The handles that mean this very process or thread; they need not be closed. */
export const CURRENT_PROCESS = -1;

export const CURRENT_THREAD = -2;

/** Where a call puts a handle. */
export class HandleSlot {
  readonly bytes: Int32Array = new Int32Array(2);

  get value(): number {
    return this.bytes[0] ?? 0;
  }
}

/** `NtClose(handle)`. */
export function closeHandle(handle: number): void {
  objects().NtClose(handle);
}
