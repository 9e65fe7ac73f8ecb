import { platform } from "../../ffi/platform.ts";
import { close, OPEN, readAll, seek, statusOf, tryOpen } from "./posix.ts";

// Another system's way is loaded only there.
const windows = platform === "windows" ? await import("./tail_windows.ts") : undefined;

/** How many bytes of a program's output are its last words. */
export const TAIL = 2000;

/** The end of what a program has printed into a file, from an offset in bytes on, for an error message. */
export function lastWords(path: string, from: number): string {
  if (windows !== undefined) return told(windows.tail(path, from, TAIL));
  const descriptor = tryOpen(path, OPEN.readOnly | OPEN.nonblock);
  if (descriptor === -1) return "";
  try {
    seek(descriptor, Math.max(from, statusOf(descriptor).size - TAIL));
    return told(readAll(descriptor, TAIL));
  } catch {
    // What a pipe or a terminal has been given can't be read again; the message goes without it.
    return "";
  } finally {
    close(descriptor);
  }
}

/** What a program has printed last, for an error message. */
export function told(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes).trim();
  return text === "" ? "" : `; its last words:\n${text}`;
}
