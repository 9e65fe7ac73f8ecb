// What starting a process takes on Windows: CreateProcessW, pipes for its streams, job objects.

import { bound } from "./kernel32.ts";
import type { Library, SymbolTable } from "../types.ts";
import { bound as boundByNtdll } from "./ntdll.ts";

// Handles that functions return are bound as i32: their values have 32 bits, and INVALID_HANDLE_VALUE is -1. Sizes
// and numbers as wide as a pointer are bound as handles.
export const CREATION = {
  CreateProcessW: {
    args: [
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "i32",
      "u32",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
    ],
    returns: "i32",
  }, // BOOL CreateProcessW(application, command line, process attributes, thread attributes, BOOL inherit, flags, environment, directory, STARTUPINFO *, PROCESS_INFORMATION *)
  InitializeProcThreadAttributeList: { args: ["buffer", "u32", "u32", "buffer"], returns: "i32" }, // BOOL (list, count, flags, SIZE_T *)
  UpdateProcThreadAttribute: {
    args: ["buffer", "u32", "handle", "buffer", "handle", "buffer", "buffer"],
    returns: "i32",
  }, // BOOL (list, flags, DWORD_PTR attribute, void *value, SIZE_T, void *, SIZE_T *)
  GetStdHandle: { args: ["i32"], returns: "i32" }, // HANDLE GetStdHandle(DWORD)
  CreateNamedPipeW: {
    args: ["buffer", "u32", "u32", "u32", "u32", "u32", "u32", "buffer"],
    returns: "i32",
  }, // HANDLE CreateNamedPipeW(name, open mode, pipe mode, instances, out, in, timeout, SECURITY_ATTRIBUTES *)
  CreateFileW: {
    args: ["buffer", "u32", "u32", "buffer", "u32", "u32", "buffer"],
    returns: "i32",
  }, // HANDLE CreateFileW(name, access, sharing, SECURITY_ATTRIBUTES *, disposition, flags, template)
} as const satisfies SymbolTable;

export const TRANSFERS = {
  NtReadFile: {
    args: ["handle", "handle", "buffer", "buffer", "buffer", "buffer", "u32", "buffer", "buffer"],
    returns: "i32",
  }, // NtReadFile(HANDLE, event, apc, context, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG *)
  NtWriteFile: {
    args: ["handle", "handle", "buffer", "buffer", "buffer", "buffer", "u32", "buffer", "buffer"],
    returns: "i32",
  }, // NtWriteFile(HANDLE, event, apc, context, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG *)
  NtQueryInformationFile: {
    args: ["handle", "buffer", "buffer", "u32", "u32"],
    returns: "i32",
  }, // NtQueryInformationFile(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, class)
  NtSetInformationFile: {
    args: ["handle", "buffer", "buffer", "u32", "u32"],
    returns: "i32",
  }, // NtSetInformationFile(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, class)
  NtQueryDirectoryFile: {
    args: [
      "handle",
      "handle",
      "buffer",
      "buffer",
      "buffer",
      "buffer",
      "u32",
      "u32",
      "u32",
      "buffer",
      "u32",
    ],
    returns: "i32",
  }, // NtQueryDirectoryFile(HANDLE, event, apc, context, IO_STATUS_BLOCK *, void *, ULONG, class, BOOLEAN single, UNICODE_STRING *mask, BOOLEAN restart)
  NtCancelIoFile: { args: ["handle", "buffer"], returns: "i32" }, // NtCancelIoFile(HANDLE, IO_STATUS_BLOCK *)
} as const satisfies SymbolTable;

export const JOBS = {
  NtCreateJobObject: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtCreateJobObject(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtOpenJobObject: { args: ["buffer", "u32", "buffer"], returns: "i32" }, // NtOpenJobObject(HANDLE *, access, OBJECT_ATTRIBUTES *)
  NtAssignProcessToJobObject: { args: ["handle", "handle"], returns: "i32" }, // NtAssignProcessToJobObject(job, process)
  NtTerminateJobObject: { args: ["handle", "u32"], returns: "i32" }, // NtTerminateJobObject(job, NTSTATUS)
  NtQueryInformationJobObject: {
    args: ["handle", "u32", "buffer", "u32", "buffer"],
    returns: "i32",
  }, // NtQueryInformationJobObject(job, class, void *, ULONG, ULONG *)
  NtSetInformationJobObject: { args: ["handle", "u32", "buffer", "u32"], returns: "i32" }, // NtSetInformationJobObject(job, class, void *, ULONG)
  NtResumeThread: { args: ["handle", "buffer"], returns: "i32" }, // NtResumeThread(thread, ULONG *)
  NtSetInformationProcess: { args: ["handle", "u32", "buffer", "u32"], returns: "i32" }, // NtSetInformationProcess(process, class, void *, ULONG)
  wine_get_version: { args: [], returns: "address", optional: true }, // const char *wine_get_version(void), in Wine only
} as const satisfies SymbolTable;

/** Starting a process, and the ends of pipes that it is given. */
export const creation: () => Library<typeof CREATION> = bound(CREATION);
/** Reading and writing without waiting. */
export const transfers: () => Library<typeof TRANSFERS> = boundByNtdll(TRANSFERS);
/** Job objects, and what is done to a process before it runs. */
export const jobs: () => Library<typeof JOBS> = boundByNtdll(JOBS);
