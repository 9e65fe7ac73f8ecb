import { closeHandle } from "../../../ffi/windows/ntdll.ts";
import * as file from "../../file/windows.ts";
import { checkOwner } from "../../object/security.ts";
import { currentUser } from "../../object/user.ts";
import type { RecordFiles } from "./files.ts";

/** Records on Windows. */
export const windows: RecordFiles = {
  read(path, limit) {
    const status = file.statusAt(path);
    if (status === undefined) return undefined;
    if (!status.regular) throw new Error("it is not a regular file");
    const handle = file.openToRead(path);
    if (handle === undefined) return undefined;
    try {
      checkOwner(handle, `file ${path}`);
      return file.readFrom(handle, 0, Math.min(limit, file.sizeOf(handle)));
    } finally {
      closeHandle(handle);
    }
  },

  replace(path, temporary, text) {
    file.remove(temporary);
    try {
      file.writeNew(temporary, new TextEncoder().encode(text));
      file.rename(temporary, path);
    } catch (error) {
      file.remove(temporary);
      throw error;
    }
  },

  remove: file.remove,
  list: file.namesIn,

  // Named objects belong to a session. A boot needs no name: what was written before one tells of a job that is gone.
  host: () => `windows session ${currentUser().session}`,
};
