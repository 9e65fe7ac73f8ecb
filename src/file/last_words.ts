import { close, OPEN, readAll, seek, statusOf, tryOpen } from "./posix.ts";

const TAIL = 2000; // bytes

/** The end of what a program has printed into a file, from an offset in bytes on, for an error message. */
export function lastWords(path: string, from: number): string {
  const descriptor = tryOpen(path, OPEN.readOnly);
  if (descriptor === -1) return "";
  try {
    seek(descriptor, Math.max(from, statusOf(descriptor).size - TAIL));
    const text = new TextDecoder().decode(readAll(descriptor, TAIL)).trim();
    return text === "" ? "" : `; its last words:\n${text}`;
  } finally {
    close(descriptor);
  }
}
