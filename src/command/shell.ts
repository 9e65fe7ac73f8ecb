import { UnsupportedError } from "../../ffi/errors.ts";
import { runtime } from "../runtime/mod.ts";

/**
 * How a line is given to this system's shell; further arguments are `$1` and so on.
 *
 * @throws {UnsupportedError} Windows, where a line has no arguments.
 */
export function shellArguments(
  line: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  if (runtime.platform !== "windows") {
    return { program: "sh", args: ["-c", line, ...(args.length === 0 ? [] : ["sh", ...args])] };
  }
  if (args.length > 0) throw new UnsupportedError("Arguments for a line of cmd.exe", "windows");
  return { program: "cmd", args: ["/d", "/s", "/c", line] };
}
