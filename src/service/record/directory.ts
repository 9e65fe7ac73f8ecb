import { ERRNO } from "../../../ffi/errno.ts";
import { checked, cstring, errno, files, processes } from "../../../ffi/libc.ts";
import { ProcrefError } from "../../../ffi/errors.ts";
import { realPath, statusAt } from "../../file/posix.ts";
import { quote } from "../../name.ts";

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_ANYTHING = 0o077;
const W_AND_X = 3;

/**
 * The directory for records where none is named: the same for all processes of this user, whatever their
 * environment says.
 */
export function defaultDirectory(): string {
  const user = processes().geteuid();
  const runtime = statusAt(`/run/user/${user}`);
  const ours = runtime?.directory && runtime.owner === user &&
    (runtime.mode & OTHERS_MAY_ANYTHING) === 0;
  return ours ? `/run/user/${user}/procref` : `/tmp/procref-${user}`;
}

/** The directory's real path if it is there; nothing is made. */
export function peekDirectory(directory: string | undefined): string | undefined {
  const path = directory ?? defaultDirectory();
  return statusAt(path, "follow")?.directory ? realPath(path) : undefined;
}

/**
 * Makes the directory if need be, checks whose it is, and returns its real path.
 *
 * @throws {ProcrefError} `"unsafe_directory"`: it is no directory, not ours, or others may write into it.
 * @throws {SystemError} It cannot be made, or not be written.
 */
export function openDirectory(directory: string | undefined): string {
  const path = directory ?? defaultDirectory();
  if (files().mkdir(cstring(path), 0o700) === -1 && errno() !== ERRNO.EEXIST) {
    checked(-1, "mkdir", `for ${path}`);
  }
  inspect(path, directory === undefined);
  checked(files().access(cstring(path), W_AND_X), "access", `for writing to ${path}`);
  return realPath(path);
}

function inspect(path: string, isDefault: boolean): void {
  // The default lies where others may plant a link; a directory that the caller names may be one.
  const status = statusAt(path, isDefault ? "stay" : "follow");
  const user = processes().geteuid();
  const fault = !status?.directory
    ? "is not a directory"
    : status.owner !== user
    ? `belongs to user ${status.owner}, not to ${user}`
    : status.mode & (isDefault ? OTHERS_MAY_ANYTHING : OTHERS_MAY_WRITE)
    ? `is open to others (mode ${status.mode.toString(8)})`
    : undefined;
  if (fault !== undefined) {
    throw new ProcrefError("unsafe_directory", `The directory ${quote(path)} ${fault}`);
  }
}
