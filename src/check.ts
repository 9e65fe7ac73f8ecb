// Checks of what callers give: an error at once, before anything is started or made.

import { platform } from "../ffi/platform.ts";

/** A text that goes to the system. @throws {TypeError} It is no string, or holds NUL, which would cut it short. */
export function checkText(value: unknown, what: string): string {
  if (typeof value !== "string") throw new TypeError(`${what} is a string: ${String(value)}`);
  if (value.includes("\0")) throw new TypeError(`${what} holds no NUL: ${JSON.stringify(value)}`);
  return value;
}

/** A path, or a file URL's. @throws {TypeError} Neither, empty, or with NUL in it. */
export function pathOf(place: string | URL, what: string): string {
  if (place instanceof URL) {
    if (place.protocol !== "file:") throw new TypeError(`${what} is a file URL: ${place}`);
    const path = decodeURIComponent(place.pathname);
    return checkText(platform === "windows" ? windowsPath(path, place.host) : path, what);
  }
  if (checkText(place, what) === "") throw new TypeError(`${what} has a name`);
  return place;
}

/** file:///C:/x is C:/x, and file://server/share is //server/share. */
function windowsPath(path: string, host: string): string {
  return host === "" ? path.replace(/^\/(?=[a-z]:)/i, "") : `//${host}${path}`;
}

/** An integer within bounds. @throws {TypeError} No number. @throws {RangeError} Out of bounds, or a fraction. */
export function checkInteger(value: unknown, what: string, least: number, most: number): number {
  if (typeof value !== "number") throw new TypeError(`${what} is a number: ${String(value)}`);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what} is an integer from ${least} to ${most}: ${value}`);
  }
  return value;
}

/** The variables of an environment. @throws {TypeError} A name is empty or has `=` in it; NUL anywhere. */
export function checkEnvironment(env: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(env)) {
    checkText(value, `Variable ${name}`);
    if (!/^[^=\0]+$/.test(name)) {
      throw new TypeError(`No name for an environment variable: ${JSON.stringify(name)}`);
    }
  }
}
