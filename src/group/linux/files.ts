// A cgroup's files. Behind an interface, because the rules of the limits are also checked against a tree that only
// looks like a delegated cgroup.

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { cstring, errno, files } from "../../../ffi/libc.ts";
import { trees } from "../../../ffi/libc_children.ts";
import { close, listDirectory, OPEN, readText, statusAt, tryOpen } from "../../file/posix.ts";

/** What is done with cgroup files. Results are 0 or an errno: each caller knows what a refusal means to it. */
export interface CgroupFiles {
  read(path: string): string | undefined;
  /** Writes in one call, as the kernel wants it. */
  write(path: string, text: string): number;
  make(path: string): number;
  remove(path: string): number;
  /** True if this process may write there. */
  writable(path: string): boolean;
  directories(path: string): string[];
}

const encoder = new TextEncoder();

/** The kernel's. */
export const kernelFiles: CgroupFiles = {
  read: (path) => readText(path),

  write(path, text) {
    const descriptor = tryOpen(path, OPEN.writeOnly);
    if (descriptor === -1) return errno();
    const bytes = encoder.encode(text);
    const failure = files().write(descriptor, bytes, bytes.length) === -1 ? errno() : 0;
    close(descriptor);
    return failure;
  },

  make: (path) => files().mkdir(cstring(path), 0o755) === -1 ? errno() : 0,

  remove: (path) => trees().rmdir(cstring(path)) === -1 ? errno() : 0,

  writable: (path) => files().access(cstring(path), LINUX.W_OK) === 0,

  directories: (path) =>
    listDirectory(path).map((name) => `${path}/${name}`)
      .filter((entry) => statusAt(entry)?.directory === true),
};

/** The numbers of a file such as cgroup.events: `name value` in each line. */
export function fields(text: string): Map<string, number> {
  return new Map(
    text.trim().split("\n").map((line) => {
      const [name = "", value = ""] = line.split(" ");
      return [name, Number(value)];
    }),
  );
}

/** Pids in a cgroup and all below it. */
export function processesIn(directory: string, through: CgroupFiles = kernelFiles): number[] {
  const own = through.read(`${directory}/cgroup.procs`)?.split("\n").map(Number) ?? [];
  const below = through.directories(directory).flatMap((each) => processesIn(each, through));
  // 0 stands for a process that this pid namespace cannot name.
  return [...new Set([...own, ...below])].filter((pid) => pid > 0).sort((a, b) => a - b);
}

/** Removes a cgroup and all below it, which must be empty. @throws {SystemError} */
export function removeTree(directory: string, through: CgroupFiles = kernelFiles): boolean {
  for (const each of through.directories(directory)) {
    if (!removeTree(each, through)) return false;
  }
  const failure = through.remove(directory);
  if (failure === 0 || failure === ERRNO.ENOENT) return true;
  // The last process is dead, but not yet gone (cgroup.kill does not wait).
  if (failure === ERRNO.EBUSY) return false;
  throw new SystemError("rmdir", failure, `for ${directory}`);
}
