import { checkText } from "../child/check.ts";

/** A path, or a file URL's. @throws {TypeError} Neither, empty, or with NUL in it. */
export function pathOf(place: string | URL, what: string): string {
  if (place instanceof URL) {
    if (place.protocol !== "file:") throw new TypeError(`${what} is a file URL: ${place}`);
    return checkText(decodeURIComponent(place.pathname), what);
  }
  if (checkText(place, what) === "") throw new TypeError(`${what} has a name`);
  return place;
}
