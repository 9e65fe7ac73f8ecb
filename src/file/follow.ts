// Following a file that another process writes: inotify(7), on macOS kqueue(2), tells when there is more; nothing is
// polled.

import { ProcrefError } from "../../ffi/errors.ts";
import { LINUX } from "../../ffi/numbers/linux.ts";
import { checked, cstring, files } from "../../ffi/libc.ts";
import { watching } from "../../ffi/libc_spawn.ts";
import { native } from "../../ffi/mod.ts";
import { platform } from "../../ffi/platform.ts";
import { quote } from "../name.ts";
import { waitOut } from "../wait.ts";
import { close, OPEN, open, readAll, seek, statusOf } from "./posix.ts";

// Another system's way is loaded only there.
const kqueue = platform === "darwin" ? await import("./kqueue.ts") : undefined;
const windows = platform === "windows" ? await import("./tail_windows.ts") : undefined;

const { IN_CLOEXEC, IN_MODIFY, IN_NONBLOCK } = LINUX;
const LARGEST_READ = 1 << 20;

/**
 * A file's text from an offset in bytes on, in pieces, as it grows; endless until the signal fires.
 *
 * @throws {ProcrefError} `not_a_file`: reading anything else could wait, and everybody in this thread with it.
 */
export async function* follow(
  path: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  if (windows !== undefined) return yield* windows.followOnWindows(path, from, signal);
  const decoder = new TextDecoder();
  const file = open(path, OPEN.readOnly | OPEN.nonblock);
  const events = new Uint8Array(4096);
  let watch = -1;
  try {
    if (!statusOf(file).regular) {
      throw new ProcrefError(
        "not_a_file",
        `What can be followed is a regular file: ${quote(path)}`,
      );
    }
    watch = kqueue?.watchFile(file) ??
      checked(watching().inotify_init1(IN_NONBLOCK | IN_CLOEXEC), "inotify_init1");
    seek(file, from);
    if (kqueue === undefined) {
      checked(watching().inotify_add_watch(watch, cstring(path), IN_MODIFY), "inotify_add_watch");
    }
    while (!signal.aborted) {
      const piece = readAll(file, LARGEST_READ);
      if (piece.length > 0) {
        yield decoder.decode(piece, { stream: true });
        continue;
      }
      await waitOut(native.whenReadable(watch), signal);
      if (kqueue === undefined) files().read(watch, events, events.length);
      else kqueue.drain(watch);
    }
  } finally {
    if (watch !== -1) close(watch);
    close(file);
  }
}
