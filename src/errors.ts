/** Error classes, for every area to throw and for callers to tell apart. */
export {
  type ErrorCode,
  PermissionError,
  ProcrefError,
  SystemError,
  TimeoutError,
  UnsupportedError,
} from "../ffi/errors.ts";
