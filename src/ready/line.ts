import { ProcrefError } from "../../ffi/errors.ts";
import { platform } from "../../ffi/platform.ts";
import { statusAt } from "../file/posix.ts";
import { quote } from "../name.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("../file/windows.ts") : undefined;

/** What a line must be like: hold a text, match a pattern, or be what a function says. */
export type LineMatch = string | RegExp | ((line: string) => boolean);

/** The question. @throws {TypeError} It is none of these. */
export function matcherOf(match: LineMatch): (line: string) => boolean {
  if (typeof match === "string") return (line) => line.includes(match);
  if (typeof match === "function") return match;
  if (!(match instanceof RegExp)) {
    throw new TypeError("A line is matched by a text, a RegExp or a function");
  }
  // Without the memory of where it last matched that a global one has.
  const pattern = new RegExp(match.source, match.flags.replace(/[gy]/g, ""));
  return (line) => pattern.test(line);
}

/** The line of a program is looked for in its log. @throws {ProcrefError} `not_a_file`: there it can't be read. */
export function checkLog(log: string): void {
  const status = windows === undefined ? statusAt(log, "follow") : windows.statusAt(log);
  if (status?.regular !== false) return;
  throw new ProcrefError("not_a_file", `ready.line is looked for in a regular file: ${quote(log)}`);
}
