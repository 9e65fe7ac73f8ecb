import { UnsupportedError } from "../../../../ffi/errors.ts";
import { absolute, isFile } from "../../../process/which_windows.ts";

/** The path of a module that is a file. */
export function fileOf(module: string): string | undefined {
  const { protocol, host, pathname } = new URL(module);
  if (protocol !== "file:") return undefined;
  const path = decodeURIComponent(pathname);
  return absolute(host === "" ? path.replace(/^\/(?=[a-z]:)/i, "") : `//${host}${path}`, ".");
}

/**
 * Checks that a keeper could import a module later.
 *
 * @throws {UnsupportedError} It lies inside a compiled program, or nowhere.
 */
export function checkModule(module: string): void {
  const path = fileOf(module);
  if (path === undefined || isFile(path)) return;
  throw new UnsupportedError(
    `Running onLastRelease of ${module} from the keeper`,
    "a host where that module is no file (inside a compiled program, for example)",
  );
}
