import { runtime } from "../runtime/mod.ts";

/** How a line is given to this system's shell; further arguments are `$1` and so on. */
export function shellArguments(
  line: string,
  args: readonly string[],
): { readonly program: string; readonly args: readonly string[] } {
  if (runtime.platform === "windows") {
    return { program: "cmd", args: ["/d", "/s", "/c", line, ...args] };
  }
  return { program: "sh", args: ["-c", line, ...(args.length === 0 ? [] : ["sh", ...args])] };
}
