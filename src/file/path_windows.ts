import { checkText } from "../check.ts";
import { absolute } from "../process/which_windows.ts";
import { initialEnvironment } from "../runtime/process_files.ts";

/** A path, or a file URL's, as Windows has it. @throws {TypeError} Neither, empty, or with NUL in it. */
export function pathOf(place: string | URL, what: string): string {
  if (!(place instanceof URL)) {
    if (checkText(place, what) === "") throw new TypeError(`${what} has a name`);
    return place;
  }
  if (place.protocol !== "file:") throw new TypeError(`${what} is a file URL: ${place}`);
  // file:///C:/x is C:/x, and file://server/share is //server/share.
  const path = decodeURIComponent(place.pathname);
  const local = path.replace(/^\/(?=[a-z]:)/i, "");
  return checkText(place.host === "" ? local : `//${place.host}${path}`, what);
}

/** The same, absolute. @throws {TypeError} */
export function absolutePathOf(place: string | URL, what: string): string {
  return absolute(pathOf(place, what), ".");
}

/** The root of the drive that the system is on. */
export function systemDrive(): string {
  const variables = Object.entries(initialEnvironment());
  const drive = variables.find(([name]) => name.toUpperCase() === "SYSTEMDRIVE")?.[1] ?? "C:";
  return `${drive}\\`;
}
