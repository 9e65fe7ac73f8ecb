import { ERRNO } from "../../ffi/errno.ts";
import { PermissionError, ProcrefError, SystemError } from "../../ffi/errors.ts";

/** A runtime's refusal to start a child, as one of our errors. */
export function startFailure(error: unknown, program: string): Error {
  if (
    error instanceof SystemError && (error.errno === ERRNO.EPERM || error.errno === ERRNO.EACCES)
  ) {
    return new PermissionError(`Starting ${program}: ${error.message}`, { cause: error });
  }
  if (error instanceof TypeError || error instanceof ProcrefError) return error;
  const { name, code, message } = parse(error);
  const options = { cause: error };
  if (name === "NotCapable") {
    // Deno names the flag: --allow-run, or --allow-env where only node:child_process will do.
    return new PermissionError(`Starting ${program}: ${message}`, options);
  }
  if (code === "EPERM" || code === "EACCES") {
    return new PermissionError(`The system refuses to start ${program}: ${message}`, options);
  }
  if (code === "ENOENT") {
    return new ProcrefError("not_found", `${program} cannot be started: ${message}`, options);
  }
  const entry = Object.entries(ERRNO).find(([errno]) => errno === code);
  if (entry !== undefined) return new SystemError("spawn", entry[1], `for ${program}`);
  return new ProcrefError("start_failed", `${program} cannot be started: ${message}`, options);
}

function parse(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: "", code: "", message: String(error) };
  const { name, message } = error;
  const code = "code" in error ? String(error.code) : "";
  return { name, code: code || byMessage(message), message };
}

// Deno's errors carry the number in their text: "Operation not permitted (os error 1)".
function byMessage(message: string): string {
  const number = Number(/\(os error (\d+)\)/.exec(message)?.[1]);
  return Object.entries(ERRNO).find(([, value]) => value === number)?.[0] ?? "";
}
