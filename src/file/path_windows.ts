import { pathOf } from "../check.ts";
import { absolute } from "../process/which_windows.ts";
import { initialEnvironment } from "../runtime/process_files.ts";

/** A path, or a file URL's, as Windows has it, and absolute. @throws {TypeError} Neither, empty, or with NUL in it. */
export function absolutePathOf(place: string | URL, what: string): string {
  return absolute(pathOf(place, what), ".");
}

/** The root of the drive that the system is on. */
export function systemDrive(): string {
  const variables = Object.entries(initialEnvironment());
  const drive = variables.find(([name]) => name.toUpperCase() === "SYSTEMDRIVE")?.[1] ?? "C:";
  return `${drive}\\`;
}
