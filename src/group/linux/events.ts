// The kernel tells of changes to cgroup.events through inotify(7): populated and frozen are awaited, not polled.

import { LINUX } from "../../../ffi/numbers/linux.ts";
import { ERRNO } from "../../../ffi/errno.ts";
import { SystemError } from "../../../ffi/errors.ts";
import { cstring, errno, files } from "../../../ffi/libc.ts";
import { watching } from "../../../ffi/libc_spawn.ts";
import { native } from "../../../ffi/mod.ts";
import { close } from "../../file/posix.ts";
import { sleep, waitOut } from "../../wait.ts";
import { fields, kernelFiles } from "./files.ts";

const { IN_CLOEXEC, IN_DELETE_SELF, IN_MODIFY, IN_NONBLOCK } = LINUX;
const RETRY = 5; // ms, where no inotify instance is left (fs.inotify.max_user_instances)

/** Resolves when `name` in the cgroup's events has the value; also when the cgroup is gone: then nothing is in it. */
export async function untilEvent(
  directory: string,
  name: "populated" | "frozen",
  value: 0 | 1,
  signal: AbortSignal,
): Promise<void> {
  const path = `${directory}/cgroup.events`;
  const reached = () => {
    const text = kernelFiles.read(path);
    return text === undefined || fields(text).get(name) === value;
  };
  signal.throwIfAborted();
  if (reached()) return;
  const watch = openWatch(path);
  try {
    while (!reached()) {
      if (watch === undefined) await sleep(RETRY, signal);
      else await nextChange(watch, signal);
    }
  } finally {
    if (watch !== undefined) close(watch);
  }
}

function openWatch(path: string): number | undefined {
  const watch = watching().inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch === -1) {
    if (errno() === ERRNO.EMFILE || errno() === ERRNO.ENFILE) return undefined;
    throw new SystemError("inotify_init1", errno(), `for ${path}`);
  }
  if (watching().inotify_add_watch(watch, cstring(path), IN_MODIFY | IN_DELETE_SELF) !== -1) {
    return watch;
  }
  const failure = errno();
  close(watch);
  if (failure === ERRNO.ENOSPC || failure === ERRNO.ENOENT) return undefined;
  throw new SystemError("inotify_add_watch", failure, `for ${path}`);
}

async function nextChange(watch: number, signal: AbortSignal): Promise<void> {
  await waitOut(native.whenReadable(watch), signal);
  // What it says doesn't matter: the file is read anew.
  const buffer = new Uint8Array(4096);
  files().read(watch, buffer, buffer.length);
}
