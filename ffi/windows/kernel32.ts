// What only the Win32 layer offers. Its functions leave their error in the thread's environment block (the TEB's
// LastErrorValue, which GetLastError returns).

import { SystemError } from "../errors.ts";
import { lazily } from "../lazily.ts";
import { native } from "../mod.ts";
import { type Call, type LastError, noting } from "../noting.ts";
import type { Library, SymbolTable } from "../types.ts";
import { CURRENT_THREAD, ntProcesses } from "./ntdll.ts";
import { hresult } from "./status.ts";

export const FILES = {
  GetFileAttributesW: { args: ["buffer"], returns: "u32" }, // DWORD GetFileAttributesW(const wchar_t *)
  GetFullPathNameW: { args: ["buffer", "u32", "buffer", "buffer"], returns: "u32" }, // DWORD GetFullPathNameW(const wchar_t *, DWORD, wchar_t *, wchar_t **)
  WaitNamedPipeW: { args: ["buffer", "u32"], returns: "i32" }, // BOOL WaitNamedPipeW(const wchar_t *, DWORD)
} as const satisfies SymbolTable;

export const FILE_CHANGES = {
  CreateDirectoryW: { args: ["buffer", "buffer"], returns: "i32" }, // BOOL CreateDirectoryW(const wchar_t *, SECURITY_ATTRIBUTES *)
  MoveFileExW: { args: ["buffer", "buffer", "u32"], returns: "i32" }, // BOOL MoveFileExW(const wchar_t *from, const wchar_t *to, DWORD)
  DeleteFileW: { args: ["buffer"], returns: "i32" }, // BOOL DeleteFileW(const wchar_t *)
  GetFinalPathNameByHandleW: { args: ["handle", "buffer", "u32", "u32"], returns: "u32" }, // DWORD GetFinalPathNameByHandleW(HANDLE, wchar_t *, DWORD, DWORD)
} as const satisfies SymbolTable;

export const ENVIRONMENT = {
  SetEnvironmentVariableW: { args: ["buffer", "buffer"], returns: "i32" }, // BOOL SetEnvironmentVariableW(const wchar_t *, const wchar_t *)
  GetEnvironmentStringsW: { args: [], returns: "address" }, // wchar_t *GetEnvironmentStringsW(void)
  FreeEnvironmentStringsW: { args: ["address"], returns: "i32" }, // BOOL FreeEnvironmentStringsW(wchar_t *)
} as const satisfies SymbolTable;

export const PROGRAM = {
  GetCommandLineW: { args: [], returns: "address" }, // wchar_t *GetCommandLineW(void)
  GetModuleFileNameW: { args: ["handle", "buffer", "u32"], returns: "u32" }, // DWORD GetModuleFileNameW(HMODULE, wchar_t *, DWORD)
  SetCurrentDirectoryW: { args: ["buffer"], returns: "i32" }, // BOOL SetCurrentDirectoryW(const wchar_t *)
} as const satisfies SymbolTable;

const KERNEL32 = ["kernel32.dll"];
const THREAD_BASIC_INFORMATION = 0;
const LAST_ERROR_OFFSET = 0x68; // in the TEB of every 64-bit Windows

let location: Int32Array | undefined;
const last: LastError = { value: 0 };

function bindLastError(): Int32Array {
  const information = new BigUint64Array(6);
  const { NtQueryInformationThread } = ntProcesses();
  NtQueryInformationThread(CURRENT_THREAD, THREAD_BASIC_INFORMATION, information, 48, null);
  const block = native.addressAt(information[1] ?? 0n);
  return new Int32Array(native.view(block, 4, LAST_ERROR_OFFSET));
}

/** Binds each function of kernel32, or of another library of its layer, at its first use. */
export function bound<Table extends SymbolTable>(
  table: Table,
  library: readonly string[] = KERNEL32,
): () => Library<Table> {
  return lazily(table, (name, prototype) => {
    location ??= bindLastError();
    const call = native.open(library, { [name]: prototype })[name] as Call;
    return noting(call, prototype.args.length, location, last);
  });
}

/** Paths and what is at them. */
export const fileNames: () => Library<typeof FILES> = bound(FILES);
/** Making, renaming and removing files. */
export const fileChanges: () => Library<typeof FILE_CHANGES> = bound(FILE_CHANGES);
/** The environment that children inherit. */
export const variables: () => Library<typeof ENVIRONMENT> = bound(ENVIRONMENT);

/** How this program was started, and where it is. */
export const ownProgram: () => Library<typeof PROGRAM> = bound(PROGRAM);

/** What GetLastError said after the last call that was made here. It means something if that call has failed. */
export function lastError(): number {
  return last.value;
}

/** The error that a function of kernel32 has just left. */
export function failure(call: string, subject?: string): SystemError {
  return new SystemError(call, hresult(lastError()), subject);
}

/** A string in UTF-16 with its NUL. Callers refuse text with a NUL inside before it gets here. */
export function wide(text: string): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(
    { length: text.length + 1 },
    (_, index) => index < text.length ? text.charCodeAt(index) : 0,
  );
}
