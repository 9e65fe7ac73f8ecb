import { SystemError } from "../../../ffi/errors.ts";
import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import { hresult, WIN32 } from "../../../ffi/windows/status.ts";
import * as file from "../../file/windows.ts";
import { absolute, isFile } from "../../process/which_windows.ts";
import type { Paths } from "./paths.ts";

/** A procref.json on Windows. */
export const windows: Paths = {
  realPath(path) {
    const handle = file.openDirectory(path);
    const missing = hresult(WIN32.ERROR_FILE_NOT_FOUND);
    if (handle === undefined) throw new SystemError("CreateFileW", missing, `for ${path}`);
    try {
      return file.realPathOf(handle, path);
    } finally {
      closeHandle(handle);
    }
  },

  isFile: (path) => isFile(path),

  readText(path) {
    if (!isFile(path)) return undefined;
    let handle: number | undefined;
    try {
      handle = file.openToFollow(path);
      if (handle === undefined) return undefined;
      return new TextDecoder().decode(file.readFrom(handle, 0, file.sizeOf(handle)));
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    } finally {
      if (handle !== undefined) closeHandle(handle);
    }
  },

  parentOf(path) {
    const parent = path.replace(/\\[^\\]*$/, "");
    // Above `C:\` and `\\server\share` there is nothing.
    if (parent === path || /^\\\\[^\\]*$/.test(parent) || path.endsWith(":\\")) return undefined;
    return parent.endsWith(":") ? `${parent}\\` : parent;
  },

  within: (directory, path) => absolute(path, directory),
};
