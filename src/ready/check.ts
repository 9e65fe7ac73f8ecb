import { checkDuration } from "../wait.ts";
import type { Readiness } from "./types.ts";

/** @throws {TypeError} A value of the wrong type. @throws {RangeError} A timeout out of range. */
export function checkReadiness(
  { line, port, http, check, timeout = 0 }: Readiness,
  hasPort: boolean,
): void {
  checkDuration(timeout, "ready.timeout");
  if (line !== undefined && typeof line !== "string" && !(line instanceof RegExp)) {
    throw new TypeError("ready.line must be a string or a regular expression");
  }
  if (check !== undefined && typeof check !== "function") {
    throw new TypeError("ready.check must be a function");
  }
  if (port && !hasPort) throw new TypeError("ready.port needs a port");
  if (http === undefined) return;
  if (!URL.canParse(String(http).replaceAll("{port}", "1"))) {
    throw new TypeError(`ready.http must be a URL: ${http}`);
  }
}
