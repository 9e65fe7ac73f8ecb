import { ERRNO } from "../../../ffi/errno.ts";
import { checked, cstring, errno, files, processes } from "../../../ffi/libc.ts";
import { ProcrefError, SystemError } from "../../../ffi/errors.ts";
import { platform } from "../../../ffi/platform.ts";
import { type FileStatus, realPath, statusAt } from "../../file/posix.ts";
import { quote } from "../../name.ts";

// Another system's way is loaded only there.
const darwin = platform === "darwin" ? await import("../../file/darwin.ts") : undefined;

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_ANYTHING = 0o077;
const OWNER_MAY_WRITE = 0o300;

/**
 * The directory for records where none is named: the same for all processes of this user, whatever their
 * environment says.
 */
export function defaultDirectory(): string {
  if (darwin !== undefined) return `${darwin.userDirectory()}procref`;
  const user = processes().geteuid();
  const runtime = statusAt(`/run/user/${user}`);
  const ours = runtime?.directory && runtime.owner === user &&
    (runtime.mode & OTHERS_MAY_ANYTHING) === 0;
  return ours ? `/run/user/${user}/procref` : `/tmp/procref-${user}`;
}

/** The directory if it is there, in the form that counts; nothing is made. */
export function peekDirectory(directory: string | undefined): string | undefined {
  const path = directory ?? defaultDirectory();
  return statusAt(path, "follow")?.directory ? formal(path, directory) : undefined;
}

/**
 * Makes the directory if need be, checks whose it is, and returns it in the form that counts.
 *
 * @throws {ProcrefError} `"unsafe_directory"`: it is no directory, not ours, or others may write into it.
 * @throws {SystemError} It cannot be made, or not be written.
 */
export function openDirectory(directory: string | undefined): string {
  const path = directory ?? defaultDirectory();
  // The default lies where others may plant a link; a directory that the caller names may be one.
  const links = directory === undefined ? "stay" : "follow";
  let status = statusAt(path, links);
  if (status === undefined) {
    if (files().mkdir(cstring(path), 0o700) === -1 && errno() !== ERRNO.EEXIST) {
      checked(-1, "mkdir", `for ${path}`);
    }
    status = statusAt(path, links);
  }
  inspect(path, status, directory === undefined ? OTHERS_MAY_ANYTHING : OTHERS_MAY_WRITE);
  return formal(path, directory);
}

/** One name for one directory: its real path, which the default's is anyway. */
function formal(path: string, directory: string | undefined): string {
  return directory === undefined ? path : realPath(path);
}

function inspect(path: string, status: FileStatus | undefined, forbidden: number): void {
  const user = processes().geteuid();
  const fault = !status?.directory
    ? "is not a directory"
    : status.owner !== user
    ? `belongs to user ${status.owner}, not to ${user}`
    : status.mode & forbidden
    ? `is open to others (mode ${status.mode.toString(8)})`
    : undefined;
  if (fault !== undefined) {
    throw new ProcrefError("unsafe_directory", `The directory ${quote(path)} ${fault}`);
  }
  if (status !== undefined && (status.mode & OWNER_MAY_WRITE) !== OWNER_MAY_WRITE && user !== 0) {
    throw new SystemError("open", ERRNO.EACCES, `for writing to ${path}`);
  }
}
