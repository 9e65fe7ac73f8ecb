// Status codes of Windows (ntstatus.h), and error codes of its Win32 layer (winerror.h) as HRESULTs of the facility
// Win32: both are told from an errno by their highest bit.

const STATUS_TABLE = {
  STATUS_INVALID_INFO_CLASS: [0xc0000003, "no such kind of information"],
  STATUS_INFO_LENGTH_MISMATCH: [0xc0000004, "buffer of the wrong size"],
  STATUS_INVALID_HANDLE: [0xc0000008, "no handle of this kind"],
  STATUS_INVALID_CID: [0xc000000b, "no such process"],
  STATUS_INVALID_PARAMETER: [0xc000000d, "invalid argument"],
  STATUS_NO_SUCH_FILE: [0xc000000f, "no such file"],
  STATUS_NO_MORE_FILES: [0x80000006, "no more files"],
  STATUS_END_OF_FILE: [0xc0000011, "end of file"],
  STATUS_PIPE_DISCONNECTED: [0xc00000b0, "nobody at the other end"],
  STATUS_PIPE_CLOSING: [0xc00000b1, "the other end is closing"],
  STATUS_CANCELLED: [0xc0000120, "cancelled"],
  STATUS_PIPE_BROKEN: [0xc000014b, "broken pipe"],
  STATUS_NO_MEMORY: [0xc0000017, "out of memory"],
  STATUS_ACCESS_DENIED: [0xc0000022, "access denied"],
  STATUS_BUFFER_TOO_SMALL: [0xc0000023, "buffer too small"],
  STATUS_OBJECT_TYPE_MISMATCH: [0xc0000024, "object of another kind"],
  STATUS_OBJECT_NAME_INVALID: [0xc0000033, "not a name"],
  STATUS_OBJECT_NAME_NOT_FOUND: [0xc0000034, "no object of this name"],
  STATUS_OBJECT_NAME_COLLISION: [0xc0000035, "the name is taken"],
  STATUS_OBJECT_PATH_NOT_FOUND: [0xc000003a, "no such path"],
  STATUS_SHARING_VIOLATION: [0xc0000043, "in use by somebody who does not share it"],
  STATUS_QUOTA_EXCEEDED: [0xc0000044, "quota exceeded"],
  STATUS_MUTANT_NOT_OWNED: [0xc0000046, "not the owner of the mutex"],
  STATUS_LOCK_NOT_GRANTED: [0xc0000055, "locked by somebody else"],
  STATUS_DELETE_PENDING: [0xc0000056, "being deleted"],
  STATUS_DISK_FULL: [0xc000007f, "disk full"],
  STATUS_INSUFFICIENT_RESOURCES: [0xc000009a, "out of resources"],
  STATUS_NOT_SUPPORTED: [0xc00000bb, "not supported"],
  STATUS_CANNOT_DELETE: [0xc0000121, "cannot be deleted"],
  STATUS_PROCESS_IS_TERMINATING: [0xc000010a, "the process is ending"],
  STATUS_NOT_IMPLEMENTED: [0xc0000002, "not implemented"],
} as const satisfies Record<string, readonly [number, string]>;

const WIN32_TABLE = {
  ERROR_FILE_NOT_FOUND: [2, "no such file"],
  ERROR_PATH_NOT_FOUND: [3, "no such path"],
  ERROR_ACCESS_DENIED: [5, "access denied"],
  ERROR_INVALID_HANDLE: [6, "no handle of this kind"],
  ERROR_SHARING_VIOLATION: [32, "in use by somebody who does not share it"],
  ERROR_LOCK_VIOLATION: [33, "locked by somebody else"],
  ERROR_FILE_EXISTS: [80, "exists already"],
  ERROR_INVALID_PARAMETER: [87, "invalid argument"],
  ERROR_INVALID_NAME: [123, "not a name"],
  ERROR_ALREADY_EXISTS: [183, "exists already"],
  ERROR_MORE_DATA: [234, "more than there is room for"],
  ERROR_BAD_EXE_FORMAT: [193, "not a program for this system"],
  ERROR_FILENAME_EXCED_RANGE: [206, "name too long"],
  ERROR_DIRECTORY: [267, "not a directory"],
  ERROR_ELEVATION_REQUIRED: [740, "needs to be run as administrator"],
} as const satisfies Record<string, readonly [number, string]>;

type Numbers<Table extends Record<string, readonly [number, string]>> = {
  readonly [Name in keyof Table]: Table[Name][0];
};

function numbers<Table extends Record<string, readonly [number, string]>>(
  table: Table,
): Numbers<Table> {
  return Object.fromEntries(
    Object.entries(table).map(([name, [number]]) => [name, number]),
  ) as Numbers<Table>;
}

/** The failing status codes that procref's code tells apart, unsigned. */
export const STATUS: Numbers<typeof STATUS_TABLE> = numbers(STATUS_TABLE);

/** Codes of GetLastError. */
export const WIN32: Numbers<typeof WIN32_TABLE> = numbers(WIN32_TABLE);

const FACILITY_WIN32 = 0x80070000;

/** A code of GetLastError as HRESULT (HRESULT_FROM_WIN32 of winerror.h). */
export function hresult(error: number): number {
  return (FACILITY_WIN32 | (error & 0xffff)) >>> 0;
}

const known = new Map<number, readonly [string, string]>([
  ...Object.entries(STATUS_TABLE).map(([name, [number, text]]) => [number, [name, text]] as const),
  ...Object.entries(WIN32_TABLE).map(([name, [number, text]]) =>
    [hresult(number), [name, text]] as const
  ),
]);

/** True for a status, false for an errno. */
export function isStatus(number: number): boolean {
  return number >= 0x80000000;
}

/** For example `STATUS_ACCESS_DENIED`. */
export function statusName(status: number): string {
  return known.get(status)?.[0] ?? "status";
}

/** What it means, in lower-case words. */
export function statusText(status: number): string {
  return known.get(status)?.[1] ?? "unknown error";
}

const LIKE = new Map<number, "EACCES" | "EBUSY" | "ENOENT" | "ENOMEM">([
  [STATUS.STATUS_ACCESS_DENIED, "EACCES"],
  [hresult(WIN32.ERROR_ACCESS_DENIED), "EACCES"],
  [hresult(WIN32.ERROR_ELEVATION_REQUIRED), "EACCES"],
  [STATUS.STATUS_SHARING_VIOLATION, "EBUSY"],
  [hresult(WIN32.ERROR_SHARING_VIOLATION), "EBUSY"],
  [STATUS.STATUS_NO_SUCH_FILE, "ENOENT"],
  [STATUS.STATUS_OBJECT_NAME_NOT_FOUND, "ENOENT"],
  [STATUS.STATUS_OBJECT_PATH_NOT_FOUND, "ENOENT"],
  [hresult(WIN32.ERROR_FILE_NOT_FOUND), "ENOENT"],
  [hresult(WIN32.ERROR_PATH_NOT_FOUND), "ENOENT"],
  [STATUS.STATUS_NO_MEMORY, "ENOMEM"],
  [STATUS.STATUS_INSUFFICIENT_RESOURCES, "ENOMEM"],
]);

/** What errno(3) would call it, where callers ask. */
export function likeErrno(status: number): "EACCES" | "EBUSY" | "ENOENT" | "ENOMEM" | undefined {
  return LIKE.get(status);
}
