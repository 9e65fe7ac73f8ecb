import { ProcrefError } from "../../ffi/errors.ts";
import { closeHandle } from "../../ffi/windows/ntdll.ts";
import { Place } from "../counter/handle/place.ts";
import { HandleServiceLock } from "../counter/handle/service_lock.ts";
import * as file from "../file/windows.ts";
import { quote } from "../name.ts";
import { accessOf, isTrusted } from "../object/access.ts";
import { currentUser } from "../object/user.ts";
import { initialEnvironment } from "../runtime/process_files.ts";
import type { ServiceSystem } from "./system.ts";

/** Services on Windows. */
export const windows: ServiceSystem = {
  count: (name, directory) => new HandleServiceLock(new Place("service", name, directory)).count(),

  peekDirectory(directory) {
    const path = directory ?? defaultDirectory();
    if (!file.statusAt(path)?.directory) return undefined;
    const handle = file.openDirectory(path);
    return handle === undefined ? undefined : formal(handle, path);
  },

  openDirectory(directory) {
    const path = directory ?? defaultDirectory();
    if (file.statusAt(path) === undefined) file.makeDirectory(path);
    const unsafe = (fault: string) =>
      new ProcrefError("unsafe_directory", `The directory ${quote(path)} ${fault}`);
    if (!file.statusAt(path)?.directory) throw unsafe("is not a directory");
    const handle = file.openDirectory(path);
    if (handle === undefined) throw unsafe("is gone");
    const { owner, writers } = accessOf(handle, `for ${path}`);
    const real = formal(handle, path);
    if (!isTrusted(owner)) throw unsafe(`belongs to ${owner}, not to ${currentUser().name}`);
    const other = writers.find((sid) => !isTrusted(sid));
    if (other !== undefined) throw unsafe(`is open to others (${other} may write into it)`);
    return real;
  },
};

/** Where records are kept where nothing else is said: for each session its own, as named objects are. */
export function defaultDirectory(): string {
  const variables = Object.entries(initialEnvironment());
  const folder = variables.find(([name]) => name.toUpperCase() === "LOCALAPPDATA")?.[1];
  if (folder !== undefined && folder !== "") return `${folder}\\procref-${currentUser().session}`;
  throw new ProcrefError("not_found", "LOCALAPPDATA is not set: name a directory for the record");
}

/** One name for one directory: its real path. The handle is closed. */
function formal(handle: number, path: string): string {
  try {
    return file.realPathOf(handle, path);
  } finally {
    closeHandle(handle);
  }
}
