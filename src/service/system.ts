import { placeOf } from "../counter/sysv/place.ts";
import { countAt } from "../counter/sysv/set.ts";
import { platform } from "../../ffi/platform.ts";
import { openDirectory, peekDirectory } from "./record/directory.ts";

/** What a system must offer for a look at a service. What it takes to come in is in mechanism.ts. */
export interface ServiceSystem {
  /** The references held now; nothing is created. */
  count(name: string, directory: string): number;
  /** The directory for records if it is there, in the form that counts; nothing is made. */
  peekDirectory(directory: string | undefined): string | undefined;
  /**
   * Makes the directory if need be, checks whose it is, and returns it in the form that counts.
   *
   * @throws {ProcrefError} `"unsafe_directory"`: it is no directory, not ours, or others may write into it.
   * @throws {SystemError} It cannot be made, or not be written.
   */
  openDirectory(directory: string | undefined): string;
}

const posix: ServiceSystem = {
  count: (name, directory) => countAt(placeOf("service", name, directory)),
  peekDirectory,
  openDirectory,
};

// Another system's way is loaded only there.
const windows = platform === "windows" ? (await import("./system_windows.ts")).windows : undefined;

/** This system's services. */
export const serviceSystem: ServiceSystem = windows ?? posix;
