import { close, OPEN, readAll, seek, statusOf, tryOpen } from "./posix.ts";

const TAIL = 2000; // bytes

/** The end of what a program has printed into a file, from an offset in bytes on, for an error message. */
export function lastWords(path: string, from: number): string {
  const descriptor = tryOpen(path, OPEN.readOnly | OPEN.nonblock);
  if (descriptor === -1) return "";
  try {
    seek(descriptor, Math.max(from, statusOf(descriptor).size - TAIL));
    const text = new TextDecoder().decode(readAll(descriptor, TAIL)).trim();
    return text === "" ? "" : `; its last words:\n${text}`;
  } catch {
    // What a pipe or a terminal has been given can't be read again; the message goes without it.
    return "";
  } finally {
    close(descriptor);
  }
}
